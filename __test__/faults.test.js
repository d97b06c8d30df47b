'use strict';

// Faults of the server: a process warning whatever `fail` does, of the first of each code at once, then once a minute.

const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { authorize } = require('..');
const { runScript } = require('./support/child');
const { goOn, nextMinute } = require('./support/clock');
const { handMade } = require('./support/hand-made');
const { adminOf, redisFor, redisWithAnn, write } = require('./support/redis-store');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

/** Each code, an app in which it happens, and how its warning begins. */
const FAULTS = {
  STORE_ERROR: [{ store: { get: (sid, done) => done(new Error('no route')) } }, /^STORE_ERROR: no route /],
  STORE_TIMEOUT: [{ store: { get() {} }, timeout: 20 }, /^STORE_TIMEOUT: no answer within 20 ms /],
  DESERIALIZE_ERROR: [
    { passport: passportOf((key, done) => done(new TypeError('no table'))) },
    /^DESERIALIZE_ERROR: TypeError: no table \(at .*faults\.test\.js:\d+:\d+\)+ /,
  ],
  DESERIALIZE_TIMEOUT: [
    { passport: passportOf(() => {}), timeout: 20 },
    /^DESERIALIZE_TIMEOUT: no answer within 20 ms /,
  ],
  CALLBACK_ERROR: [
    {
      success() {
        throw new Error('no\nhelper');
      },
    },
    /^CALLBACK_ERROR: no helper \(at .*faults\.test\.js:\d+:\d+\)+ /,
  ],
};

const FAILS = {
  'the default fail': undefined,
  'a fail that refuses': (data, message, critical, accept) => accept(new Error('no')),
  'a fail that lets guests in': (data, message, critical, accept) => accept(null, true),
};

for (const [title, fail] of Object.entries(FAILS)) {
  for (const [code, [options, text]] of Object.entries(FAULTS)) {
    test(`${code}, ${title}: one warning for three clients, and another a minute later`, async (t) => {
      const warnings = await warningsFrom(t);
      const authorizer = handMade({ ...options, fail });
      for (let i = 0; i < 3; i++) await visit(authorizer, cookieOf('ann'));
      assert.deepEqual(await codesOf(warnings), [code]);
      const [{ message }] = warnings;
      assert.match(message, text);
      assert.match(message, / \[backend: store, the store is not a connect-redis store\]\. \w.+/);
      assert.ok(!message.includes('\n'));
      nextMinute();
      await visit(authorizer, cookieOf('ann'));
      assert.deepEqual(await codesOf(warnings), [code, code]);
      assert.match(warnings[1].message, / \(2 more of these since \d\d:\d\d:\d\d UTC\)$/);
    });
  }
}

test('visitors without a log-in are no fault', async (t) => {
  const warnings = await warningsFrom(t);
  const authorizer = handMade();
  await visit(authorizer, cookieOf('ann'));
  for (const cookie of ['', cookieOf('stranger'), cookieOf('nobody'), cookieOf('ann', { secret: 'x' })]) {
    await visit(authorizer, cookie);
  }
  authorizer.close();
  await visit(authorizer, cookieOf('ann'));
  assert.deepEqual(await codesOf(warnings), []);
});

test('an object of the app that throws as the user is let in, after a fault of another kind: both are told', async (t) => {
  const warnings = await warningsFrom(t);
  let isClosed = false;
  const fail = (data, message, critical, accept) => {
    isClosed = true;
    accept(null, true);
  };
  const store = { get: (sid, done) => done(new Error('no route')) };
  const authorizer = handMade({ store, fail });
  const request = { headers: { cookie: cookieOf('ann') } };
  Object.defineProperty(request, 'user', {
    get() {
      if (isClosed) throw new Error('gone');
      return undefined;
    },
    set() {},
  });
  const { error } = await visit(authorizer, request);
  assert.equal(error.code, 'CALLBACK_ERROR');
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'CALLBACK_ERROR']);
});

test('what rooms throws has one warning, which is not that of CALLBACK_ERROR', async (t) => {
  const warnings = await warningsFrom(t);
  const rooms = () => {
    throw new Error('no tenant');
  };
  const authorizer = handMade({ rooms });
  for (let i = 0; i < 3; i++) {
    const socket = { request: { headers: { cookie: cookieOf('ann') } }, nsp: new EventEmitter() };
    await new Promise((resolve) => authorizer(socket, resolve));
  }
  assert.deepEqual(await codesOf(warnings), ['ROOMS_ERROR']);
  assert.match(warnings[0].message, /CALLBACK_ERROR\. no tenant \(at .*faults\.test\.js:\d+:\d+\)+$/);
});

test('a fail that throws what it was given: no second warning', async (t) => {
  const warnings = await warningsFrom(t);
  const fail = (data, message) => {
    throw message;
  };
  const authorizer = handMade({ fail, passport: passportOf((key, done) => done(new Error('no table'))) });
  await visit(authorizer, cookieOf('ann'));
  assert.deepEqual(await codesOf(warnings), ['DESERIALIZE_ERROR']);
});

test('200 visitors against a fail that throws: two lines', async () => {
  const { out, err } = await runScript(
    `
    const fail = () => { throw new TypeError('no\\nhelper'); };
    const authorizer = authorize({ secret: SECRET, store: { get() {} }, passport: passportOf(), fail });
    Promise.all(Array.from({ length: 200 }, () => visit(authorizer, ''))).then((all) => console.log(all.length));
  `,
    { env: { NODE_ENV: 'production' } },
  );
  assert.equal(out, '200');
  // The other one is Node's own: how to show a trace.
  const lines = err.split('\n');
  assert.equal(lines.length, 2, err);
  assert.match(
    lines[0],
    /FAIL_CALLBACK_ERROR\].* TypeError: no helper \(at Object\.fail \(\[eval\]:\d+:\d+\)\)$/,
  );
});

test('Redis is down, and 1,000 visitors come: one warning; it is back: one more', async (t) => {
  const warnings = await warningsFrom(t);
  const { redis, admin } = await redisWithAnn(t);
  const authorizer = authorize({ secret: SECRET, redis: redis.url, passport: passportOf() });
  t.after(() => authorizer.close());
  assert.equal((await visit(authorizer, cookieOf('ann'))).error, undefined);
  admin.destroy();
  await redis.stop();
  const all = await Promise.all(Array.from({ length: 1000 }, () => visit(authorizer, cookieOf('ann'))));
  assert.deepEqual(new Set(all.map(({ error }) => error.code)), new Set(['STORE_ERROR']));
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR']);
  assert.match(warnings[0].message, /^STORE_ERROR: .+ \[backend: redis, redis:\/\/127\.0\.0\.1:\d+\/0\]\. /);
  const again = await redisFor(t, { port: redis.port });
  const other = await adminOf(t, again);
  await write(other, ['ann']);
  goOn(2000);
  while ((await visit(authorizer, cookieOf('ann'))).error) await sleep(20);
  // The last of those may have failed within the last second.
  goOn(2000);
  await visit(authorizer, cookieOf('ann'));
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'RECOVERED']);
  const [, failed] = /in which (\d+) authorizations failed/.exec(warnings[1].message);
  assert.ok(failed >= 1000, warnings[1].message);
});

test('no output when all is well', async () => {
  const { out, err } = await runScript(
    `
    const store = { get: (sid, done) => done(null, sid === 'ann' ? { passport: { user: sid } } : undefined) };
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
    (async () => {
      await visit(authorizer, cookieOf('ann'));
      for (const cookie of ['', '', '', '', cookieOf('bob'), cookieOf('bob'), cookieOf('bob')]) await visit(authorizer, cookie);
      await visit(authorizer, cookieOf('ann'));
      console.log('done');
    })();
  `,
  );
  assert.deepEqual([out, err], ['done', '']);
});

test('a session id at the end of what is shown of a long text is masked too', async (t) => {
  const warnings = await warningsFrom(t);
  const id = 'abcd-and-twenty-more-of-them';
  const fails = [
    { store: { get: (sid, done) => done(new Error('x'.repeat(490) + sid)) } },
    {
      passport: passportOf((key, done) => done(new Error('x'.repeat(490) + id))),
      store: { get: (sid, done) => done(null, { passport: { user: 'ann' } }) },
    },
  ];
  for (const options of fails) await visit(handMade(options), cookieOf(id));
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'DESERIALIZE_ERROR']);
  for (const { message } of warnings) {
    assert.ok(!message.includes('-and'), message);
    assert.match(message, /xabcd…/);
  }
});
