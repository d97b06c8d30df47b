'use strict';

// Runs the samples of docs/migrating.md: those before a change, too, as far as what they need is installed here.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { test } = require('node:test');
const { compileFunction } = require('node:vm');
const express = require('express');
const session = require('express-session');
const passport = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');
const { Server } = require('socket.io');
const original = require('passport.socketio');
const ours = require('..');
const { browse, forged } = require('./support/frameworks');
const { connect } = require('./support/socket-client');

const PAGE = path.join(__dirname, '..', 'docs', 'migrating.md');
const SECRET = 'keyboard cat';
const samples = readSamples(readFileSync(PAGE, 'utf8'));

passport.use(new LocalStrategy((name, _password, done) => done(null, { name })));
passport.serializeUser((user, done) => done(null, user.name));
passport.deserializeUser((name, done) => done(null, { name, gender: name === 'bob' ? 'male' : 'female' }));

sample('passport.socketio', async (t, { before, after }) => {
  for (const code of [before, after]) {
    const site = await openSite(t);
    site.run(code);
    site.greet();
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    assert.equal((await site.visit(site.stranger)).refused?.message, 'Passport was not initialized');
    assert.equal((await site.visit()).refused?.message, 'No session found');
  }
});

sample('guests', async (t, { before, after }) => {
  const withOriginal = (name) => (name === 'passport-socketio-native' ? original : require(name));
  const answerTo = async (code, scope) => {
    const site = await openSite(t);
    site.run(code, scope);
    site.greet();
    return site.visit();
  };
  assert.equal((await answerTo(before, { require: withOriginal })).welcome, 'a guest');
  assert.equal((await answerTo(before)).refused?.data.code, 'NO_COOKIE');
  assert.equal((await answerTo(after)).welcome, 'a guest');
});

sample('filter', async (t, { before, after }) => {
  const site = await openSite(t);
  site.authorize();
  site.greet();
  const [ann, bob] = await Promise.all([site.visit(site.ann), site.visit(site.bob)]);
  bob.socket.on('message', () => assert.fail('bob is no woman'));
  for (const code of [before, after]) {
    const told = new Promise((resolve) => ann.socket.once('message', resolve));
    site.run(code);
    assert.equal(await told, 'hello, woman!');
  }
  const last = new Promise((resolve) => bob.socket.once('last', resolve));
  site.io.emit('last');
  await last;
});

sample('namespaces', async (t, { after }) => {
  const site = await openSite(t);
  site.run(after);
  for (const name of ['/', '/chat', /^\/room-\d$/]) site.greet(site.io.of(name));
  for (const name of ['/', '/chat', '/room-1']) {
    assert.equal((await site.visit(site.ann, name)).welcome, 'ann');
    assert.equal((await site.visit(undefined, name)).refused?.data.code, 'NO_COOKIE');
  }
});

sample('express-socket.io-session', async (t, { after }) => {
  const site = await openSite(t);
  site.run(after);
  assert.equal((await site.visit(site.ann)).welcome, 'ann');
  assert.equal((await site.visit(site.stranger)).refused?.data.code, 'PASSPORT_NOT_INITIALIZED');
});

sample('guests of express-socket.io-session', async (t, { after }) => {
  const site = await openSite(t);
  site.run(after);
  site.greet();
  assert.equal((await site.visit(site.ann)).welcome, 'ann');
  for (const cookie of [undefined, site.stranger])
    assert.equal((await site.visit(cookie)).welcome, 'a guest');
  assert.equal((await site.visit(forged(site.ann))).refused?.message, 'No session found');
});

sample('session', async (t, { after }) => {
  const site = await openSite(t);
  site.authorize({ fail: (_data, _message, _critical, accept) => accept() });
  site.run(after);
  site.greet();
  const [ann, guest] = await Promise.all([site.visit(site.ann), site.visit()]);
  const add = ({ socket }, item) => new Promise((resolve) => socket.emit('add to cart', item, resolve));
  assert.deepEqual([await add(ann, 'tea'), await add(ann, 'rum')], ['saved', 'saved']);
  assert.equal(await add(guest, 'tea'), 'no session');
  const stored = Object.values(site.sessionStore.sessions).map((text) => JSON.parse(text));
  const { cart } = stored.find((one) => one.passport?.user === 'ann');
  assert.deepEqual(cart, ['tea', 'rum']);
});

sample('recipe', async (t, { before, after }) => {
  for (const code of [before, after]) {
    const site = await openSite(t);
    site.run(code);
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    for (const cookie of [undefined, site.stranger]) assert.ok((await site.visit(cookie)).refused);
  }
});

sample('allowRequest', async (t, { after }) => {
  const site = await openSite(t, { withSocketIo: false });
  site.run(after);
  assert.equal((await site.visit(site.ann)).welcome, 'ann');
  for (const cookie of [undefined, site.stranger]) assert.ok((await site.visit(cookie)).refused);
  const { status } = await fetch(`${site.url}/socket.io/?EIO=4&transport=polling`, {
    headers: { connection: 'close' },
  });
  assert.equal(status, 403);
});

test('no sample is left out', () => {
  const text = readFileSync(PAGE, 'utf8');
  assert.equal(text.match(/^ *```(js|diff)$/gm).length, samples.size);
  assert.deepEqual(
    [...samples.values()].filter(({ tested }) => !tested),
    [],
  );
});

function sample(name, check) {
  const found = samples.get(name);
  assert.ok(found, `docs/migrating.md has no sample ${name}`);
  found.tested = true;
  test(name, (t) => check(t, found));
}

/** By the name that a comment above gives them: `{ before, after }`, which are the same unless it is a diff. */
function readSamples(text) {
  const marked = /^( *)<!-- sample: (.+) -->\n\n\1```(js|diff)\n([^]*?)\n\1```$/gm;
  return new Map(
    [...text.matchAll(marked)].map(([, indent, name, language, code]) => {
      const lines = code.split('\n').map((line) => line.slice(indent.length));
      const without = (mark) => lines.filter((line) => line[0] !== mark).map((line) => line.slice(1));
      if (language === 'js') return [name, { after: lines.join('\n') }];
      return [name, { before: without('+').join('\n'), after: without('-').join('\n') }];
    }),
  );
}

/** A site with a log-in for the sample to be put on, and the cookies of its visitors. */
async function openSite(t, { withSocketIo = true } = {}) {
  const sessionStore = new session.MemoryStore();
  const settings = { secret: SECRET, store: sessionStore, resave: false, saveUninitialized: true };
  const sessionMiddleware = session(settings);
  const app = express();
  app.use(sessionMiddleware, passport.session());
  app.get('/', (_req, res) => res.send('welcome'));
  app.post('/login', express.urlencoded(), passport.authenticate('local'), (req, res) => res.send('in'));

  const httpServer = http.createServer(app);
  const io = withSocketIo ? new Server(httpServer) : undefined;
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  t.after(() => httpServer.close());
  const url = `http://127.0.0.1:${httpServer.address().port}`;
  const logIn = (username) => browse(`${url}/login`, { form: { username, password: 'any' } });
  return {
    url,
    io,
    sessionStore,
    ann: await logIn('ann'),
    bob: await logIn('bob'),
    stranger: await browse(url),
    run(code, scope) {
      const given = { require, httpServer, io, sessionMiddleware, sessionStore, passport, ...scope };
      // In a block, where a sample may declare what it is given.
      compileFunction(`{${code}\n}`, Object.keys(given), { filename: PAGE })(...Object.values(given));
    },
    authorize: (options) => io.use(ours.authorize({ secret: SECRET, store: sessionStore, ...options })),
    greet: (namespace = io) =>
      namespace.on('connection', (socket) => socket.emit('welcome', socket.request.user.name ?? 'a guest')),
    visit: (cookie, namespace = '/') => connect(t, url + namespace, { cookie }),
  };
}
