'use strict';

// The apps of examples/, by the very code that they are: HTTP log-in, a client of Socket.IO 4, log-out.

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { test } = require('node:test');
const { browse, forged } = require('./support/frameworks');
const { forgedInKoa } = require('./support/koa');
const { sharedRedis } = require('./support/shared');
const { connect } = require('./support/socket-client');

const FOLDER = path.join(__dirname, '..', 'examples');
/**
 * By name: namespaces, how a cookie is forged and with which code it is refused; for one of several apps in a folder, the
 * folder and which.
 */
const APPS = {
  express: {},
  nestjs: { namespaces: ['/', '/news'] },
  'fastify-express': {},
  'fastify-passport': {},
  koa: { forge: forgedInKoa, forgery: 'NO_COOKIE' },
  'koa with koa-generic-session': {
    folder: 'koa',
    sessions: 'koa-generic-session',
    forge: forgedInKoa,
    forgery: 'NO_COOKIE',
  },
};
/** Most tests wait for what a server or a client tells. */
const WITHIN = { timeout: 60_000 };
/** More connections than the proof of a derived look-up needs, so that the store and the addon both answer. */
const OFTEN = 5;

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

for (const [name, kind] of Object.entries(APPS)) {
  const {
    namespaces = ['/'],
    forge = forged,
    forgery = 'BAD_SIGNATURE',
    folder = name,
    sessions = '',
  } = kind;

  test(`${name}: in by the log-in, out by the log-out`, WITHIN, async (t) => {
    const app = await start(t, name);
    const refused = async (namespace, cookie, code) => {
      const answer = await connect(t, app.url + namespace, { cookie });
      assert.equal(answer.refused?.data?.code, code, answer.refused?.message ?? 'was let in');
    };
    const greeted = async (namespace, cookie, user) => {
      const answer = await connect(t, app.url + namespace, { cookie });
      assert.equal(answer.welcome, user, answer.refused?.message);
      return answer.socket;
    };

    assert.equal(await logIn(app, 'ann', 'builder'), undefined, 'a wrong password');
    const ann = await logIn(app, 'ann', 'rabbit');
    const bob = await logIn(app, 'bob', 'builder');
    for (const namespace of namespaces) {
      await refused(namespace, undefined, 'NO_COOKIE');
      await refused(namespace, forge(ann), forgery);
      for (let i = 0; i < OFTEN; i++) await greeted(namespace, ann, 'ann');
    }

    const [annsSocket, bobsSocket] = [await greeted('/', ann, 'ann'), await greeted('/', bob, 'bob')];
    const gone = new Promise((resolve) => annsSocket.once('disconnect', resolve));
    await browse(`${app.url}/logout`, { cookie: ann, form: {} });
    assert.equal(await gone, 'io server disconnect');
    for (const namespace of namespaces) await refused(namespace, ann, 'SESSION_NOT_FOUND');
    assert.ok(bobsSocket.connected);
    await greeted('/', bob, 'bob');
  });

  test(`${name}: closes, though clients are connected`, WITHIN, async (t) => {
    const app = await start(t, name);
    const { socket } = await connect(t, app.url, { cookie: await logIn(app, 'ann', 'rabbit') });
    await connect(t, app.url);
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    await app.close();
    await gone;
    // What is left in Redis is the connection that asks.
    while ((await admin.clientList()).length > 1);
  });

  test(`${name}: by the command, without a word on stderr`, WITHIN, async (t) => {
    const server = spawn(process.execPath, [path.join(FOLDER, folder, 'server.js')], {
      env: {
        ...process.env,
        REDIS_URL: redis.url,
        PORT: '0',
        ...(sessions && { SESSIONS: sessions }),
        NODE_OPTIONS: '',
        NODE_TEST_CONTEXT: '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    server.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    t.after(async () => {
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    });
    const [url] = await once(createInterface(server.stdout), 'line');
    const page = await (await fetch(url, { headers: { connection: 'close' } })).text();
    const [, script] = /<script src="([^"]+)">/.exec(page);
    await browse(url + script);
    const { welcome } = await connect(t, url, { cookie: await logIn({ url }, 'ann', 'rabbit') });
    assert.equal(welcome, 'ann', errors);
    await connect(t, url);
    assert.equal(errors, '');
  });
}

for (const name of ['fastify-express', 'fastify-passport', 'koa', 'koa with koa-generic-session']) {
  test(`${name}: a route knows the user`, WITHIN, async (t) => {
    const app = await start(t, name);
    const cookie = await logIn(app, 'bob', 'builder');
    const response = await fetch(`${app.url}/me`, { headers: { cookie, connection: 'close' } });
    assert.deepEqual(await response.json(), { name: 'bob' });
  });
}

test('nestjs: a handler knows the user', WITHIN, async (t) => {
  const app = await start(t, 'nestjs');
  const { socket } = await connect(t, app.url, { cookie: await logIn(app, 'ann', 'rabbit') });
  const said = new Promise((resolve) => socket.once('said', resolve));
  socket.emit('say', 'hello');
  assert.deepEqual(await said, { from: 'ann', text: 'hello' });
});

test('nestjs: type-checks', () => {
  const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', path.join(FOLDER, 'nestjs')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
});

/** An app on a free port, closed with the test. */
async function start(t, name) {
  const { folder = name, sessions } = APPS[name];
  const { start: startApp } = require(path.join(FOLDER, folder, 'server.js'));
  const app = await startApp({ redisUrl: redis.url, port: 0, ...(sessions && { sessions }) });
  let closing;
  const close = () => (closing ??= app.close());
  t.after(close);
  return { url: app.url, close };
}

function logIn({ url }, username, password) {
  return browse(`${url}/login`, { form: { username, password } });
}
