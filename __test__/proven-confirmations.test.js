'use strict';

// What the addon does not find is asked of the store before somebody is refused: few at a time, and nobody waits in vain.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { runScript } = require('./support/child');
const { openControlled, proveQuietly, textOf } = require('./support/controlled');
const { authorizerOf, assertAdmitted, prove } = require('./support/proof');
const { until } = require('./support/redis-cluster');
const { openAdmin, write, redisWithAnn, redisFor } = require('./support/redis-store');
const { sharedRedis } = require('./support/shared');
const { cookieOf, visit } = require('./support/visit');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started), ['ann']);

/** Look-ups are native; the GETs of the client are then held, or answered by `answer(key)`. */
async function proven(t, { answer, ...options } = {}, server = redis) {
  const { store, client } = await openControlled(t, server);
  const authorizer = authorizerOf(t, { store, ...options });
  await proveQuietly(authorizer, client, 'ann');
  const held = [];
  client.intercept = (key, command) => {
    held.push(command);
    if (answer) command.resolve(answer(key));
  };
  return { authorizer, store, client, held };
}

/** Visits by so many who have no session; `codes` fills as they are refused. */
function flood(authorizer, count) {
  const codes = [];
  const all = Array.from({ length: count }, async (_, i) => {
    const { error } = await visit(authorizer, cookieOf(`outdated-${i}`));
    codes.push(error?.code);
  });
  return { codes, all: Promise.all(all) };
}

for (const [what, text] of Object.entries({
  'no session': undefined,
  'no JSON': 'no JSON',
  'a session without Passport': '{}',
  'a session without a login': '{"passport":{}}',
})) {
  test(`${what} to the addon, and a login to the store`, async (t) => {
    const sid = `late, ${what}`;
    if (text !== undefined) await admin.set(`sess:${sid}`, text);
    const { authorizer } = await proven(t, { answer: (key) => textOf(key) });
    await assertAdmitted(authorizer, sid, sid);
  });
}

test('what the store says counts, where both refuse', async (t) => {
  const { authorizer } = await proven(t, { answer: () => '{}' });
  assert.equal((await visit(authorizer, cookieOf('nobody'))).error.code, 'PASSPORT_NOT_INITIALIZED');
});

test('four at once; a store that says nothing keeps nobody else waiting', async (t) => {
  const { authorizer, held } = await proven(t, { timeout: 300 });
  const { codes, all } = flood(authorizer, 200);
  await all;
  assert.deepEqual(new Set(codes), new Set(['SESSION_NOT_FOUND']));
  assert.equal(held.length, 4);
  assert.equal(authorizer.backend.kind, 'redis');
});

test('a thousand wait for those under way, and no more', async (t) => {
  const { authorizer, held } = await proven(t);
  // Whatever it takes, no more confirmations are granted.
  const now = performance.now();
  t.mock.method(performance, 'now', () => now);
  const { codes, all } = flood(authorizer, 1500);
  await until(() => codes.length > 0);
  await until(() => authorizer.stats().pending === 1004);
  assert.equal(codes.length, 496);
  assert.equal(held.length, 4);
  for (let answered = 0; authorizer.stats().pending > 0;) {
    if (answered < held.length) held[answered++].resolve(null);
    await new Promise(setImmediate);
  }
  await all;
  assert.equal(held.length, 20);
  assert.deepEqual(new Set(codes), new Set(['SESSION_NOT_FOUND']));
});

test('those that are really outdated do not decide for the others', async (t) => {
  const { authorizer } = await proven(t, {
    answer: (key) => (key.startsWith('late') ? textOf(key) : null),
  });
  const outdated = flood(authorizer, 4);
  const late = Array.from({ length: 100 }, (_, i) => `late-${i}`);
  await Promise.all(late.map((sid) => assertAdmitted(authorizer, sid, sid)));
  await outdated.all;
});

test('once the store knew better, nobody waits for further confirmations', async (t) => {
  const { authorizer, held } = await proven(t);
  const late = Array.from({ length: 100 }, (_, i) => `late-${i}`);
  const all = Promise.all(late.map((sid) => assertAdmitted(authorizer, sid, sid)));
  const answer = (command) => command.resolve(textOf(command.args[0].replace('sess:', '')));
  await until(() => held.length === 4);
  answer(held.shift());
  // All others are asked for, and one for the proof.
  await until(() => held.length === 100);
  held.splice(0).forEach(answer);
  const answers = setInterval(() => held.splice(0).forEach(answer), 1);
  t.after(() => clearInterval(answers));
  await all;
});

test('those who wait at a store that is slow give up when their time is over', async (t) => {
  const { authorizer, held } = await proven(t, { timeout: 400 });
  const { codes, all } = flood(authorizer, 100);
  // One after the other is confirmed, each later than all the time there is.
  const answers = setInterval(() => held.shift()?.resolve(null), 90);
  t.after(() => clearInterval(answers));
  await all;
  assert.deepEqual(new Set(codes), new Set(['SESSION_NOT_FOUND']));
});

test('a look-up that is made anew has what is left of its time', async (t) => {
  const own = await redisFor(t);
  const ownAdmin = await openAdmin(own);
  await write(ownAdmin, ['ann']);
  const { authorizer, store } = await proven(t, { timeout: 1000 }, own);
  const { client: silent } = await openControlled(t, own);
  silent.intercept = () => {};
  // The addon's read is under way, for as long as Redis does not answer.
  await ownAdmin.sendCommand(['CLIENT', 'PAUSE', '60000', 'ALL']);
  t.after(() => ownAdmin.destroy());
  const underWay = visit(authorizer, cookieOf('ann'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  store.client = silent;
  const [first, second] = await Promise.all([underWay, visit(authorizer, cookieOf('ann'))]);
  for (const { error } of [first, second]) assert.equal(error.code, 'STORE_TIMEOUT');
  const [left, whole] = [first, second].map(({ error }) =>
    Number(/within (\S+) ms/.exec(error.cause.message)[1]),
  );
  assert.equal(whole, 1000);
  assert.ok(left < whole);
});

test('look-ups that the addon no longer answers go to the store at once, and not one by one as misses do', async (t) => {
  const own = await startRedis();
  t.after(() => own.stop());
  const ownAdmin = await openAdmin(own);
  t.after(() => ownAdmin.destroy());
  await write(ownAdmin, ['ann']);
  const { authorizer, store } = await proven(t, { timeout: 5000 }, own);
  const { client: later } = await openControlled(t, redis);
  const held = [];
  later.intercept = (_key, _command, send) => held.push(send);
  await ownAdmin.sendCommand(['CLIENT', 'PAUSE', '60000', 'ALL']);
  const underWay = Array.from({ length: 50 }, () => assertAdmitted(authorizer, 'ann', 'ann'));
  store.client = later;
  underWay.push(assertAdmitted(authorizer, 'ann', 'ann'));
  await until(() => held.length === 51);
  later.intercept = undefined;
  held.forEach((send) => send());
  await Promise.all(underWay);
});

test('where Redis is gone for both, the store has two seconds', { timeout: 30_000 }, async (t) => {
  const own = await startRedis();
  const ownAdmin = await openAdmin(own);
  await write(ownAdmin, ['ann']);
  ownAdmin.destroy();
  const { authorizer } = await proven(t, { timeout: 120_000 }, own);
  await own.stop();
  // The client would wait until it is there again.
  const { error } = await visit(authorizer, cookieOf('ann'));
  assert.equal(error.code, 'STORE_ERROR');
});

test('close() ends confirmations, and those who wait for them', async (t) => {
  const { authorizer, held } = await proven(t);
  const { codes, all } = flood(authorizer, 50);
  await until(() => held.length === 4);
  authorizer.close();
  await all;
  assert.deepEqual(new Set(codes), new Set(['CLOSED']));
  assert.equal(codes.length, 50);
});

test('close() ends what the store was asked for', { timeout: 30_000 }, async (t) => {
  const { store, client } = await openControlled(t, redis);
  client.intercept = () => {};
  const authorizer = authorizerOf(t, { store, timeout: 120_000 });
  const pending = visit(authorizer, cookieOf('ann'));
  authorizer.close();
  assert.equal((await pending).error.code, 'CLOSED');
});

test('a connection of the addon ends when another one takes its place, and with close()', async (t) => {
  const { redis: own, admin: ownAdmin } = await redisWithAnn(t);
  const connections = async () => (await ownAdmin.sendCommand(['CLIENT', 'LIST'])).trim().split('\n').length;
  const { store } = await openControlled(t, own);
  const { client: later } = await openControlled(t, own);
  const without = await connections();
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, 'ann', 'ann');
  assert.equal(await connections(), without + 1);
  store.client = later;
  await prove(authorizer, 'ann', 'ann');
  await until(async () => (await connections()) === without + 1);
  authorizer.close();
  await until(async () => (await connections()) === without);
});

test('a callback of the app that throws, for a miss that was confirmed', async () => {
  const script = `
    const { openStore } = require('./__test__/support/stores');
    (async () => {
      const opened = await openStore(10, 'node-redis 6', { host: '${redis.host}', port: ${redis.port} });
      let fails = false;
      const fail = (_data, message, _critical, accept) => {
        if (fails) throw new Error('fail');
        accept(new Error(message));
      };
      const authorizer = authorize({ store: opened.store, secret: SECRET, passport: passportOf(), fail });
      while (authorizer.backend.kind !== 'redis') await visit(authorizer, cookieOf('ann'));
      const thrown = new Promise((resolve) => {
        process.once('uncaughtException', (error, origin) => resolve(error.message + ' ' + origin));
      });
      fails = true;
      authorizer({ request: { headers: { cookie: cookieOf('nobody') } } }, () => {
        throw new Error('of the app');
      });
      console.log(await thrown);
      fails = false;
      console.log((await visit(authorizer, cookieOf('nobody'))).error.message);
      authorizer.close();
      await opened.close();
    })();`;
  const { out, err } = await runScript(script);
  assert.equal(out, 'of the app uncaughtException\nNo session found');
  // The one that `fail` itself has thrown.
  assert.match(err, /FAIL_CALLBACK_ERROR.* fail \(at /);
});
