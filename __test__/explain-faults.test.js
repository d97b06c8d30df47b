'use strict';

// authorizer.explain where sessions cannot be read: errors and silence of stores and of Redis.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const { freePort } = require('../scripts/support/redis-server');
const { redisStoreFor } = require('./support/app');
const { ID, INSIDE, OLD_SECRET, checked, requestWith, stepOf } = require('./support/explain');
const { authorizerOf } = require('./support/proof');
const { sharedRedis } = require('./support/shared');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

const explainWith = async (t, options) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, ...options });
  const explanation = checked(await authorizer.explain(requestWith()));
  assert.equal(stepOf(explanation, 'look-up').status, 'failed');
  return explanation;
};

/** Errors of stores: the code and the cause, and what is told of it. */
const ERRORS = {
  'an Error': [new Error(INSIDE), /: Error\.$/],
  'a system error': [
    Object.assign(new Error(`connect ECONNREFUSED ${INSIDE}`), { code: 'ECONNREFUSED' }),
    /: Error \(ECONNREFUSED\)\.$/,
  ],
  'what Redis refuses': [new Error(`WRONGPASS ${INSIDE}`), /: Error \(WRONGPASS\)\.$/],
  'of a class of its own': [new (class MongoError extends RangeError {})(INSIDE), /: RangeError\.$/],
  'a text': [INSIDE, /: a string, no Error\.$/],
  'an object whose members throw': [
    {
      get name() {
        throw new Error(INSIDE);
      },
    },
    /: an object\.$/,
  ],
};

test('errors of a store: their kind, never their words', async (t) => {
  for (const [title, [error, says]] of Object.entries(ERRORS)) {
    const explanation = await explainWith(t, { store: { get: (_id, done) => done(error) } });
    assert.equal(explanation.code, 'STORE_ERROR');
    assert.match(stepOf(explanation, 'look-up').text, says, title);
    if (typeof error === 'object') assert.equal(explanation.cause, error);
  }
});

test('a store that throws, and one that never answers', async (t) => {
  const throwing = await explainWith(t, {
    store: {
      get() {
        throw new TypeError(INSIDE);
      },
    },
  });
  assert.match(stepOf(throwing, 'look-up').text, /: TypeError\.$/);
  const silent = await explainWith(t, { store: { get() {} }, timeout: 20 });
  assert.equal(silent.code, 'STORE_TIMEOUT');
  assert.match(stepOf(silent, 'look-up').text, /no answer within 20 ms\.$/);
});

test('a store whose prefix throws', async (t) => {
  let isBad = false;
  const store = {
    get: (_id, done) => done(),
    get prefix() {
      if (isBad) throw new Error(INSIDE);
      return 'p:';
    },
  };
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store });
  isBad = true;
  const explanation = checked(await authorizer.explain(requestWith()));
  assert.equal(explanation.code, 'STORE_ERROR');
  assert.equal(stepOf(explanation, 'authorizer').status, 'failed');
});

test('a session that does not let itself be looked at', async (t) => {
  const session = new Proxy(
    { passport: { user: 1 } },
    {
      ownKeys() {
        throw new Error(INSIDE);
      },
    },
  );
  const authorizer = authorizerOf(t, {
    secret: OLD_SECRET,
    store: { get: (_id, done) => done(null, session) },
  });
  const explanation = checked(await authorizer.explain(requestWith()));
  assert.equal(explanation.authorized, true);
  assert.equal(stepOf(explanation, 'session').status, 'unknown');
});

test('Redis that is not there', async (t) => {
  const port = await freePort();
  const explanation = await explainWith(t, { redis: `redis://ann:SENTINEL@127.0.0.1:${port}` });
  assert.equal(explanation.code, 'STORE_ERROR');
  assert.match(
    stepOf(explanation, 'look-up').text,
    new RegExp(`^Natively in redis://127\\.0\\.0\\.1:${port}/0 .*refused`, 'i'),
  );
});

test('Redis that never answers', async (t) => {
  const server = net.createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address();
  const explanation = await explainWith(t, { redis: `redis://127.0.0.1:${port}`, timeout: 50 });
  assert.equal(explanation.code, 'STORE_TIMEOUT');
});

test('a key of another type', async (t) => {
  await admin.del(`sess:${ID}`);
  await admin.lPush(`sess:${ID}`, 'x');
  t.after(() => admin.del(`sess:${ID}`));
  for (const options of [{ redis: redis.url }, { store: await redisStoreFor(t, redis) }]) {
    const explanation = await explainWith(t, options);
    assert.equal(explanation.code, 'STORE_ERROR');
    assert.match(stepOf(explanation, 'look-up').text, /WRONGTYPE/);
    assert.match(explanation.hint, /holds no text/);
  }
});

test('what a server of Redis says is one line, without the session id', async (t) => {
  const SAYS = [
    [`-ERR bad\u001b[2J key sess:${ID} x\r\n`, /: ERR bad\\u001b\[2J key sess:… x\.$/],
    ['-ERR see redis://ann:SENTINEL@b\r\n', /: ERR see redis:\/\/…@b\.$/],
    ['-ERR down\n✓ user        found\r\n', /: ERR down ✓ user {8}found\.$/],
  ];
  for (const [answer, says] of SAYS) {
    const server = net.createServer((socket) =>
      socket.on('error', () => {}).on('data', () => socket.write(answer)),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const explanation = await explainWith(t, { redis: `redis://127.0.0.1:${server.address().port}` });
    assert.equal(explanation.code, 'STORE_ERROR');
    assert.match(stepOf(explanation, 'look-up').text, says);
  }
});

test('of members that are written twice, the last one is told', async (t) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, redis: redis.url });
  await admin.set(`sess:${ID}`, '{"a":1,"passport":{"user":1,"user":"SENTINEL"},"a":"SENTINEL"}');
  const explanation = checked(await authorizer.explain(requestWith()));
  assert.deepEqual(stepOf(explanation, 'session').members, [
    { name: 'a', type: 'string' },
    { name: 'passport', type: 'object' },
  ]);
  assert.deepEqual(stepOf(explanation, 'passport').members, [{ name: 'user', type: 'string' }]);
  await admin.del(`sess:${ID}`);
});

test('what is stored is compressed, or encrypted', async (t) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, redis: redis.url });
  const says = {
    [Buffer.from([0x1f, 0x8b, 8, 0]).toString('latin1')]: ['BAD_SESSION', /gzip/],
    '{"ct":"SENTINEL","hmac":"SENTINEL"}': ['PASSPORT_NOT_INITIALIZED', /^It is encrypted\.$/],
  };
  for (const [text, [code, words]] of Object.entries(says)) {
    await admin.set(`sess:${ID}`, Buffer.from(text, 'latin1'));
    const explanation = checked(await authorizer.explain(requestWith()));
    assert.equal(explanation.code, code);
    assert.match(stepOf(explanation, 'session').text, words);
    const isEncrypted = code === 'PASSPORT_NOT_INITIALIZED';
    assert.equal(
      stepOf(explanation, 'passport').text,
      isEncrypted ? 'The session is encrypted.' : 'not reached',
    );
  }
  await admin.del(`sess:${ID}`);
});
