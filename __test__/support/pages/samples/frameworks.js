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
const { browse, forged } = require('../../frameworks');
const { connect } = require('../../socket-client');
const { notedAuthorize, openSite, requireWith, runWith } = require('../site');

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
};
