'use strict';

// examples/many-nodes: two processes. A user's sockets are found from either, and a log-out on one ends those on both.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { after, before, test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { browse } = require('./support/frameworks');
const { openAdmin } = require('./support/redis-store');
const { connect } = require('./support/socket-client');

const SERVER = path.join(__dirname, '..', 'examples', 'many-nodes', 'server.js');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/** One process of the app; ended with the test. Gives its URL. */
async function startNode(t) {
  const env = { ...process.env, REDIS_URL: redis.url, PORT: '0', NODE_OPTIONS: '', NODE_TEST_CONTEXT: '' };
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill('SIGKILL');
    // Before Redis ends, about which it would complain.
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  return url;
}

/** The cookie of a log-in. */
function logIn(url, username, password) {
  return browse(`${url}/login`, { form: { username, password } });
}

const heard = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));

test(
  'rooms reach a user on every process, and a shared user is seen from every process',
  { timeout: 60_000 },
  async (t) => {
    const [one, other] = await Promise.all([startNode(t), startNode(t)]);
    const ann = await logIn(one, 'ann', 'rabbit');
    const bob = await logIn(other, 'bob', 'builder');
    const annHere = await connect(t, one, { cookie: ann });
    const annThere = await connect(t, other, { cookie: ann });
    const bobThere = await connect(t, other, { cookie: bob });
    for (const { welcome, refused } of [annHere, annThere, bobThere]) assert.ok(welcome, refused?.message);

    const told = [annHere, annThere].map(({ socket }) => heard(socket, 'told'));
    bobThere.socket.emit('tell', 1, 'hello');
    assert.deepEqual(await Promise.all(told), Array(2).fill(['bob', 'hello']));

    assert.equal(await bobThere.socket.emitWithAck('where', 1), 2);
    assert.equal(await annHere.socket.emitWithAck('where', 2), 1);

    // Each is asked on the process that the others are not connected to.
    assert.deepEqual(await annHere.socket.emitWithAck('others'), ['bob']);
    assert.deepEqual(await bobThere.socket.emitWithAck('others'), ['ann']);
  },
);

test(
  "a log-out on one process ends the session's sockets on both, without a message between them",
  { timeout: 60_000 },
  async (t) => {
    const admin = await openAdmin(redis);
    t.after(() => admin.destroy());
    const published = async () => {
      const [, calls] = /^cmdstat_publish:calls=(\d+)/m.exec(await admin.info('commandstats')) ?? [];
      return Number(calls ?? 0);
    };
    const [one, other] = await Promise.all([startNode(t), startNode(t)]);
    const ann = await logIn(one, 'ann', 'rabbit');
    const cookies = [ann, ann, await logIn(one, 'ann', 'rabbit'), await logIn(other, 'bob', 'builder')];
    const [here, there, elsewhere, bob] = await Promise.all(
      cookies.map((cookie, i) => connect(t, i % 2 ? other : one, { cookie })),
    );
    for (const { welcome, refused } of [here, there, elsewhere, bob]) assert.ok(welcome, refused?.message);

    const earlier = await published();
    const gone = [here, there].map(({ socket }) => heard(socket, 'disconnect'));
    await browse(`${other}/logout`, { cookie: ann, form: {} });
    for (const [reason] of await Promise.all(gone)) assert.equal(reason, 'io server disconnect');
    assert.equal(await published(), earlier);

    // Another session of hers, and everybody else.
    assert.ok(elsewhere.socket.connected && bob.socket.connected);
    assert.equal(await bob.socket.emitWithAck('where', 1), 1);
    assert.deepEqual(await bob.socket.emitWithAck('others'), ['ann']);
    assert.notEqual(await published(), earlier);
  },
);
