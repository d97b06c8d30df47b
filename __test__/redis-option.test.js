'use strict';

// The option redis: where it leads, with which rights, what it asks of Redis, and what it never tells.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { inspect } = require('node:util');
const { authorize } = require('..');
const { redisFor, write, commandCounts, names } = require('./support/redis-store');
const { authorizerOf, assertAdmitted } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');

let redis;
let admin;

sharedRedis((started) => ({ redis, admin } = started));

/** One user who logs in as `name` with the password `pw`, and may do only this. */
async function urlOfUser(name, rights) {
  await admin.sendCommand(['ACL', 'SETUSER', name, 'reset', 'on', '>pw', ...rights]);
  return `redis://${name}:pw@${redis.host}:${redis.port}`;
}

/** Many visitors at once, all of whom have to be let in. */
function admitAll(authorizer, users) {
  return Promise.all(users.map((user) => assertAdmitted(authorizer, user, user)));
}

test('database in the path and as a parameter', async (t) => {
  await admin.select(5);
  await write(admin, ['five']);
  await admin.select(0);
  for (const tail of ['/5', '?db=5', '/5?db=5']) {
    const authorizer = authorizerOf(t, { redis: redis.url + tail });
    await assertAdmitted(authorizer, 'five', 'five');
    assert.deepEqual(authorizer.backend, {
      kind: 'redis',
      address: `${redis.url}/5`,
      reason: 'the option redis',
      state: 'up',
      lastError: null,
    });
  }
  const { error } = await visit(authorizerOf(t, { redis: `${redis.url}/99` }), cookieOf('five'));
  assert.match(error.cause.message, /^ERR DB index is out of range/);
});

test('unix socket', async (t) => {
  await write(admin, ['unix']);
  const authorizer = authorizerOf(t, { redis: `unix://${redis.socketPath}` });
  await admitAll(authorizer, ['unix', 'unix']);
});

test('prefix', async (t) => {
  await write(admin, ['ann'], { prefix: 'ünï:' });
  await assertAdmitted(authorizerOf(t, { redis: redis.url, prefix: 'ünï:' }), 'ann', 'ann');
  await write(admin, ['bare'], { prefix: '' });
  await assertAdmitted(authorizerOf(t, { redis: redis.url, prefix: '' }), 'bare', 'bare');
});

test('a password with every kind of character', async (t) => {
  const password = 'a:b@c/d?e#f%g&h+i ü';
  await admin.sendCommand(['ACL', 'SETUSER', 'odd', 'reset', 'on', `>${password}`, '~*', '+get', '+mget']);
  const url = `redis://odd:${encodeURIComponent(password)}@${redis.host}:${redis.port}`;
  await write(admin, ['odd']);
  await assertAdmitted(authorizerOf(t, { redis: url }), 'odd', 'odd');
});

test('a user who may only GET', async (t) => {
  const users = names('getter', 300);
  await write(admin, users);
  const authorizer = authorizerOf(t, { redis: await urlOfUser('getter', ['~*', '+get']) });
  for (let rush = 0; rush < 3; rush++) await admitAll(authorizer, users);
  assert.equal(authorizer.stats().reconnects, 0);
});

test('a user who may not read sessions', async (t) => {
  await write(admin, ['ann', 'bob']);
  const authorizer = authorizerOf(t, { redis: await urlOfUser('stranger', ['~other:*', '+get', '+mget']) });
  for (let i = 0; i < 2; i++) {
    const answers = await Promise.all(['ann', 'bob', 'ann'].map((sid) => visit(authorizer, cookieOf(sid))));
    for (const { error } of answers) {
      assert.equal(error.code, 'STORE_ERROR');
      assert.match(error.cause.message, /^NOPERM /);
    }
  }
});

test('a user who may read some sessions only', async (t) => {
  await write(admin, ['mine'], { prefix: 'app:' });
  const authorizer = authorizerOf(t, {
    redis: await urlOfUser('narrow', ['~app:*', '+get', '+mget']),
    prefix: 'app:',
  });
  await assertAdmitted(authorizer, 'mine', 'mine');
});

test('a key of another type is an error of that visitor alone', async (t) => {
  await write(admin, names('typed', 20));
  await admin.lPush('sess:list', 'x');
  for (const rights of [['+get'], ['+get', '+mget']]) {
    const authorizer = authorizerOf(t, { redis: await urlOfUser('typist', ['~*', ...rights]) });
    const [listed] = await Promise.all([
      visit(authorizer, cookieOf('list')),
      admitAll(authorizer, names('typed', 20)),
    ]);
    // MGET gives nothing for such a key, GET refuses it.
    assert.match(listed.error.code, /^(STORE_ERROR|SESSION_NOT_FOUND)$/);
  }
});

test('many connections of one session at once ask Redis once', async (t) => {
  await write(admin, ['ann', 'bob']);
  const authorizer = authorizerOf(t, { redis: redis.url });
  await assertAdmitted(authorizer, 'ann', 'ann');
  await admin.configResetStat();
  redis.kill('SIGSTOP');
  const first = assertAdmitted(authorizer, 'bob', 'bob');
  await sleep(50);
  // While that one is on its way all others gather, and share the next journey.
  const rush = admitAll(authorizer, Array(1000).fill('ann'));
  redis.kill('SIGCONT');
  await Promise.all([first, rush]);
  const { get, mget } = await commandCounts(admin);
  assert.deepEqual({ get, mget }, { get: 2, mget: undefined });
});

test('no cookie, an unsigned one, a forged one, an empty one: Redis is not asked', async (t) => {
  await write(admin, ['', 'ann']);
  const authorizer = authorizerOf(t, { redis: redis.url });
  await assertAdmitted(authorizer, 'ann', 'ann');
  await admin.configResetStat();
  const table = {
    NO_COOKIE: ['', 'other=1', cookieOf('')],
    COOKIE_NOT_SIGNED: ['connect.sid=ann', 'connect.sid='],
    BAD_SIGNATURE: [`${cookieOf('ann')}x`, cookieOf('ann', { secret: 'another' })],
  };
  for (const [code, cookies] of Object.entries(table)) {
    for (const cookie of cookies) {
      const { error } = await visit(authorizer, cookie);
      assert.equal(error?.code, code, cookie);
    }
  }
  const { get = 0, mget = 0 } = await commandCounts(admin);
  assert.equal(get + mget, 0);
});

test('nothing shows a secret, a password or a session id', async (t) => {
  const sid = 'sid-that-nobody-may-see';
  const hidden = [SECRET, 'hidden-password', sid, 'hidden-content', cookieOf(sid).split('.').at(-1)];
  const at = `${redis.host}:${redis.port}`;
  await admin.set(`sess:${sid}`, '{"passport":{"user":"hidden-content"}');
  await admin.sendCommand(['ACL', 'SETUSER', 'mute', 'reset', 'on', '>hidden-password', '~none', '+get']);
  const down = await redisFor(t);
  await down.stop();
  const urls = [
    `redis://${at}`,
    `redis://mute:hidden-password@${at}`,
    `redis://nobody:hidden-password@${at}`,
    `redis://:hidden-password@${down.host}:${down.port}`,
  ];
  for (const url of urls) {
    const authorizer = authorizerOf(t, { redis: url });
    let told;
    const fail = (_data, ...args) => (told = args);
    const telling = authorizerOf(t, {
      redis: url,
      fail: (...args) => (fail(...args), args[3](new Error('no'))),
    });
    await visit(telling, cookieOf(sid));
    const { error } = await visit(authorizer, cookieOf(sid));
    assert.ok(error.code === 'BAD_SESSION' || error.code === 'STORE_ERROR', error.code);
    const shown = [authorizer, authorizer.backend, authorizer.stats(), error, error.stack, error.cause, told];
    const text = shown.map((each) => inspect(each, { depth: 9, showHidden: true })).join('\n');
    for (const secret of hidden) assert.ok(!text.includes(secret), `${secret} is shown:\n${text}`);
  }
});

test('a URL that leads nowhere is refused by authorize(), without its password', () => {
  for (const url of [
    'http://:hunter2@h',
    'redis://:hunter2@h/x',
    'redis://:hunter2@h:99999',
    'rediss:hunter2',
  ]) {
    assert.throws(
      () => authorize({ redis: url, secret: SECRET, passport: passportOf() }),
      (error) => error instanceof TypeError && !inspect(error).includes('hunter2'),
      url,
    );
  }
});
