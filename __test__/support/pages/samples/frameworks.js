'use strict';

// docs/frameworks.md

const assert = require('node:assert/strict');
const fastifyCookie = require('@fastify/cookie');
const { Authenticator } = require('@fastify/passport');
const fastifySession = require('@fastify/session');
const session = require('express-session');
const Fastify = require('fastify');
const { Strategy: LocalStrategy } = require('passport-local');
const { Server } = require('socket.io');
const ours = require('../../../..');
const { koaCookies } = require('../../../../examples/koa/sessions');
const { browse, forged } = require('../../frameworks');
const { koaCookies: signedCookies } = require('../../hints');
const { forgedInKoa } = require('../../koa');
const { connect } = require('../../socket-client');
const { SECRET, notedAuthorize, openSite, requireWith, runWith } = require('../site');

module.exports = {
  'log-out': async (t, { code }) => {
    const site = await openSite(t);
    // Sessions are in memory here, and are asked for as often as possible.
    const often = (options) => ours.authorize({ recheckEvery: 100, ...options });
    site.run(code, { require: requireWith({ authorize: often }) });
    site.greet();
    const [ann, bob] = [await site.visit(site.ann), await site.visit(site.bob)];
    const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
    await browse(`${site.url}/logout`, { cookie: site.ann, form: {} });
    assert.equal(await gone, 'io server disconnect');
    assert.ok(bob.socket.connected);
    assert.equal((await site.visit(site.ann)).refused?.data.code, 'SESSION_NOT_FOUND');
  },

  "settings of Fastify's own session and Passport": async (t, { code }) => {
    const app = Fastify({ forceCloseConnections: true });
    const io = new Server(app.server);
    const passport = new Authenticator();
    const { authorize } = notedAuthorize(t);
    const findById = async (id) => ({ id, name: 'ann' });
    passport.use(new LocalStrategy((_name, _password, done) => done(null, { id: 1 })));
    app.register(fastifyCookie);
    const secret = 'a secret of at least 32 characters';
    // The test connects by http.
    const insecure = (plugin, opts) => app.register(plugin, { ...opts, cookie: { secure: 'auto' } });
    const given = { passport, fastifySession, secret, store: new session.MemoryStore(), findById, io };
    runWith(code, { ...given, app: { register: insecure }, authorize });
    app.register(passport.initialize());
    app.register(passport.secureSession());
    const parse = (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body)));
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, parse);
    app.post('/login', { preValidation: passport.authenticate('local') }, async () => 'in');
    app.addHook('preClose', async () => {
      io.engine.close();
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    t.after(() => app.close());

    io.on('connection', (socket) => socket.emit('welcome', socket.request.user.name));
    const cookie = await browse(`${url}/login`, { form: { username: 'ann', password: 'any' } });
    assert.match(cookie, /^sessionId=s:/);
    assert.equal((await connect(t, url, { cookie })).welcome, 'ann');
    assert.equal((await connect(t, url, { cookie: forged(cookie) })).refused?.data.code, 'BAD_SIGNATURE');
    assert.equal((await connect(t, url)).refused?.data.code, 'NO_COOKIE');
  },

  'sessions of Koa in another store': async (t, { code }) => {
    const site = await openSite(t);
    const keys = ['new', 'old'];
    const user = { passport: { user: 'ann' } };
    const sessions = {
      ann: { ...user, _expire: Date.now() + 60_000 },
      past: { ...user, _expire: Date.now() - 1 },
    };
    const { authorize } = notedAuthorize(t);
    site.run(code, {
      koa: { keys },
      koaCookies,
      koaStore: { get: async (id) => sessions[id] },
      require: requireWith({ authorize }),
    });
    site.greet();
    const ann = signedCookies('koa.sess', 'ann', 'old');
    assert.equal((await site.visit(ann)).welcome, 'ann');
    assert.equal((await site.visit(forgedInKoa(ann))).refused?.data.code, 'NO_COOKIE');
    for (const id of ['past', 'gone']) {
      const { refused } = await site.visit(signedCookies('koa.sess', id, 'new'));
      assert.equal(refused?.data.code, 'SESSION_NOT_FOUND', id);
    }
  },

  'cookie-session without an authorizer': async (t, { code }) => {
    const site = await openSite(t, { withSessions: false });
    const socketsOf = site.run(`${code}\nreturn socketsOf;`);
    site.greet();
    const content = Buffer.from(JSON.stringify({ passport: { user: 'ann' } })).toString('base64');
    const cookie = signedCookies('session', content, SECRET);
    for (const transports of [['websocket'], ['polling']]) {
      const { welcome, socket } = await site.visit(cookie, '/', { transports });
      assert.equal(welcome, 'ann');
      assert.deepEqual(
        socketsOf(42).map(({ id }) => id),
        [socket.id],
      );
      const gone = new Promise((resolve) =>
        site.io.sockets.sockets.get(socket.id).once('disconnect', resolve),
      );
      socket.close();
      await gone;
      for (const other of [undefined, forgedInKoa(cookie), signedCookies('session', content, 'another')]) {
        assert.equal((await site.visit(other, '/', { transports })).refused?.message, 'Not logged in');
      }
    }
  },
};
