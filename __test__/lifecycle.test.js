'use strict';

// The process: it ends when the app is done and not before, and nothing of ours stands in its way.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { freePort } = require('../scripts/support/redis-server');
const { assertPrints, runScript } = require('./support/child');
const { names } = require('./support/redis-store');
const { sharedRedis } = require('./support/shared');

let redis;
let url;

sharedRedis(
  (started) => {
    ({ redis } = started);
    url = JSON.stringify(redis.url);
  },
  names('u', 500),
);

const AUTHORIZER = `const authorizer = authorize({ redis: URL, secret: SECRET, passport: passportOf() });\n`;

/** A script with an authorizer over Redis; nothing closes it. */
function withAuthorizer(script, at = url) {
  return AUTHORIZER.replace('URL', at) + script;
}

test('a bare require ends', async () => {
  await assertPrints(`require('./index.js'); console.log('required');`, 'required', { preamble: '' });
});

/** Ours by their name, of which Linux keeps 15 characters: V8 starts and ends threads when it likes. */
const THREADS = `
  const { readFileSync, readdirSync } = require('node:fs');
  const nameOf = (id) => {
    try {
      return readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim();
    } catch {
      return 'ended meanwhile';
    }
  };
  const threads = () => readdirSync('/proc/self/task').filter((id) => nameOf(id) === 'passport-socket').length;
`;
const skip = process.platform !== 'linux' && 'only Linux tells the names of threads, in /proc';

test('no thread of ours before the first look-up, one from then on', { skip }, async () => {
  const script = `
    const counts = [threads()];
    authorizer({ request: { headers: {} } }, (error) => {
      // No verdict from Redis is needed for this one.
      counts.push(error.code, threads());
      visit(authorizer, cookieOf('u1')).then(({ data }) => console.log(...counts, data.user.id, threads()));
    });`;
  await assertPrints(THREADS + withAuthorizer(script), '0 NO_COOKIE 0 u1 1');
});

test('it ends after one authorization, whose connection nobody closes', async () => {
  const script = `visit(authorizer, cookieOf('u1')).then(({ data }) => console.log(data.user.id));`;
  await assertPrints(withAuthorizer(script), 'u1');
});

test('it ends not before 500 look-ups in flight have come back', async () => {
  const script = `
    let users = 0;
    for (let i = 0; i < 500; i++) visit(authorizer, cookieOf('u' + i)).then(({ data }) => (users += data.user.id === 'u' + i));
    process.on('exit', () => console.log(users));`;
  await assertPrints(withAuthorizer(script), '500');
});

test('it ends with Redis down, and after close()', async () => {
  const nowhere = JSON.stringify(`redis://127.0.0.1:${await freePort()}`);
  const script = `visit(authorizer, cookieOf('u1')).then(({ error }) => console.log(error.code));`;
  const { code, signal, out, err } = await runScript(withAuthorizer(script, nowhere));
  assert.deepEqual({ code, signal, out }, { code: 0, signal: null, out: 'STORE_ERROR' });
  assert.match(err, /STORE_ERROR: .*refused/i);
  await assertPrints(withAuthorizer(`${script} authorizer.close();`), 'CLOSED');
});

test('it ends with a timer of the store path running', async () => {
  const script = `
    const store = { get: (sid, done) => setImmediate(done, null, { passport: { user: sid } }) };
    const authorizer = authorize({ store, secret: SECRET, passport: passportOf(), timeout: 60_000 });
    visit(authorizer, cookieOf('ann')).then(({ data }) => console.log(data.user.id));`;
  await assertPrints(script, 'ann');
});

for (const moment of ['at once', 'while answers come']) {
  test(`process.exit() mid-flight, ${moment}`, async () => {
    const script = `
      const leave = () => process.exit(7);
      for (let i = 0; i < 500; i++) visit(authorizer, cookieOf('u' + i)).then(() => ${moment === 'at once' ? '0' : 'leave()'});
      ${moment === 'at once' ? 'leave();' : ''}`;
    for (let i = 0; i < 5; i++) {
      const { code, signal, err } = await runScript(withAuthorizer(script));
      assert.deepEqual({ code, signal, err }, { code: 7, signal: null, err: '' });
    }
  });
}

test('an exception that the app throws later is its own; look-ups go on', async () => {
  const script = `
    const passport = passportOf((key, done) => {
      if (key === 'u1') setTimeout(() => { throw new Error('later'); });
      if (key === 'u2') throw new Error('at once');
      done(null, { id: key });
    });
    const authorizer = authorize({ redis: ${url}, secret: SECRET, passport });
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    (async () => {
      const all = await Promise.all(['u1', 'u2', 'u3'].map((sid) => visit(authorizer, cookieOf(sid))));
      console.log(all.map(({ error, data }) => error?.code + ' ' + (error?.message ?? data.user.id)).join(', '));
      const { data } = await visit(authorizer, cookieOf('u4'));
      console.log(data.user.id);
    })();`;
  const { code, out } = await runScript(script);
  assert.equal(code, 0);
  const lines = out.split('\n').sort();
  assert.deepEqual(lines, [
    'u4',
    'uncaught later',
    'undefined u1, DESERIALIZE_ERROR Error in deserializing the user, undefined u3',
  ]);
});

test('an exception out of next() ends the process as an exception does', async () => {
  const script = `
    authorizer({ request: { headers: { cookie: cookieOf('u1') } } }, () => setImmediate(() => { throw new Error('mine'); }));`;
  const { code, signal, err } = await runScript(withAuthorizer(script));
  assert.deepEqual({ code, signal }, { code: 1, signal: null });
  assert.match(err, /Error: mine/);
});

test('authorizers that are collected leave no connection behind, neither their own nor a shared one', async () => {
  const script = `
    const { setTimeout: sleep } = require('node:timers/promises');
    const { openAdmin } = require('./__test__/support/redis-store');
    const clientName = (i) => 'name' + (i % 5);
    let authorizers = Array.from({ length: 20 }, (_, i) =>
      authorize({ redis: { url: ${url}, clientName: clientName(i) }, secret: SECRET, passport: passportOf() }));
    (async () => {
      const watcher = await openAdmin({ socketPath: ${JSON.stringify(redis.socketPath)} });
      // Those over TCP: whoever watches comes over the unix socket.
      const count = async () => (await watcher.sendCommand(['CLIENT', 'LIST'])).match(/ addr=127/g)?.length ?? 0;
      await Promise.all(authorizers.map((authorizer) => visit(authorizer, cookieOf('u1'))));
      console.log(await count());
      authorizers = undefined;
      // Until none is left, while this process lives: it has twenty seconds.
      while ((await count()) > 0) {
        await sleep(20);
        global.gc();
      }
      watcher.destroy();
    })();`;
  await assertPrints(script, '5', { args: ['--expose-gc'] });
});
