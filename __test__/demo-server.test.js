'use strict';

// What the server of the demo answers where `--once` does not come: who may press what, and what cannot be done.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { openDemo } = require('./support/demo');
const { sharedRedis } = require('./support/shared');

const WITHIN = { timeout: 60_000 };
const OF_USERS = ['forge', 'expire', 'switch', 'redis-stop', 'flood'];
const OF_ADMINS = ['ban', 'pardon'];
const [major] = process.versions.node.split('.').map(Number);
/** Before 20, of another shape. */
const MOCKED_TIMERS = major < 20 ? ['setInterval'] : { apis: ['setInterval'] };
const IN_MEMORY = { REDIS_SERVER: '/nowhere' };

/** What a client may send where an id is expected; the last ones cannot be made a string. */
const ODD = [undefined, null, 1, { id: 'nobody' }, { id: [] }, { id: { toString: 1, valueOf: 1 } }];

let foreign;
sharedRedis(({ redis }) => (foreign = redis));

test('buttons that need a log-in, or an admin', WITHIN, async (t) => {
  const { demo, visitor, url } = await openDemo(t, IN_MEMORY);
  for (const name of [...OF_USERS, ...OF_ADMINS]) {
    await assertRefused(await post(`${url}/try/${name}`), 401, /[Ll]og in/);
  }
  const bob = await visitor.logIn('bob');
  for (const name of OF_ADMINS) {
    await assertRefused(await post(`${url}/try/${name}`, { cookie: bob }), 403, /Only an admin/);
  }
  const { body } = await visitor.tryLogIn('bob');
  assert.deepEqual(body, { name: 'bob' });
  assert.equal(demo.sessions.redisState(), 'none');
});

test('a page of another origin may do nothing', WITHIN, async (t) => {
  const { visitor, url } = await openDemo(t, IN_MEMORY);
  const cookie = await visitor.logIn('carol');
  const { port } = new URL(url);
  for (const foreignPage of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${Number(port) + 1}` },
    { origin: `http://localhost:${port}` },
    { 'sec-fetch-site': 'cross-site' },
    // Another port of localhost: SameSite cookies are sent.
    { 'sec-fetch-site': 'same-site' },
  ]) {
    for (const path of ['/try/no-cookie', '/try/ban', '/try/redis-start', '/login', '/logout']) {
      const form = { name: 'bob', username: 'bob', password: 'builder' };
      await assertRefused(
        await post(url + path, { cookie, headers: foreignPage, form }),
        403,
        /another site/,
      );
    }
  }
  const own = { origin: url, 'sec-fetch-site': 'same-origin' };
  const response = await post(`${url}/try/pardon`, { cookie, headers: own, form: { name: 'bob' } });
  assert.deepEqual((await response.json()).steps, ['bob is not banned.']);
});

test('log-in and log-out, for a form and for a script', WITHIN, async (t) => {
  const { visitor, url } = await openDemo(t, IN_MEMORY);
  const wrong = { username: 'bob', password: 'rabbit' };
  const right = { username: 'bob', password: 'builder' };
  await assertRefused(await post(`${url}/login`, { form: wrong }), 401, /nobody with this name/);
  for (const [form, location] of [
    [wrong, '/?wrong'],
    [right, '/'],
  ]) {
    const response = await post(`${url}/login`, { form, headers: { accept: 'text/html' } });
    assert.deepEqual([response.status, response.headers.get('location')], [302, location]);
  }
  const cookie = await visitor.logIn('bob');
  const out = await post(`${url}/logout`, { cookie, headers: { accept: 'text/html' } });
  assert.deepEqual([out.status, out.headers.get('location')], [302, '/']);
  assert.match(out.headers.get('set-cookie'), /^demo\.sid=;/);
  await assertRefused(await post(`${url}/try/forge`, { cookie }), 401, /Log in/);
});

test('what names nobody, oneself, or somebody who is banned', WITHIN, async (t) => {
  const { visitor } = await openDemo(t, IN_MEMORY);
  const [alice, carol] = [await visitor.logIn('alice'), await visitor.logIn('carol')];
  const refused = async (button, cookie, fields, pattern) => {
    const { ok, steps } = await visitor.press(button, cookie, fields);
    assert.equal(ok, false);
    assert.match(steps.join(' '), pattern);
  };
  for (const button of ['ban', 'pardon']) await refused(button, carol, {}, /nobody of this name/);
  await refused('ban', carol, { name: 'carol' }, /cannot ban yourself/);
  await refused('switch', alice, { to: 'mallory' }, /nobody of this name/);
  await refused('switch', alice, { to: 'alice' }, /nobody is ended/);
  assert.equal((await visitor.press('ban', carol, { name: 'bob' })).ok, true);
  await refused('switch', alice, { to: 'bob' }, /bob is banned/);
  assert.deepEqual((await visitor.panelOnce(({ banned }) => banned.length > 0)).banned, ['bob']);
});

test(
  'a ban ends all sessions of a person: also one without sockets, and one that became theirs',
  WITHIN,
  async (t) => {
    const { visitor } = await openDemo(t, IN_MEMORY);
    const idle = await visitor.logIn('bob');
    const switched = await visitor.logIn('alice');
    await visitor.press('switch', switched, { to: 'bob' });
    const alices = await visitor.logIn('alice');
    const { steps } = await visitor.press('ban', await visitor.logIn('carol'), { name: 'bob' });
    assert.match(steps[1], /^2 sessions of bob destroyed; 0 sockets ended/);
    for (const cookie of [idle, switched]) {
      assert.match((await visitor.press('forge', cookie)).message, /you have no session/);
    }
    assert.equal((await visitor.press('forge', alices)).ok, true);
  },
);

test('of two storms at once there is one', WITHIN, async (t) => {
  const { visitor } = await openDemo(t, IN_MEMORY);
  const cookie = await visitor.logIn('alice');
  const both = await Promise.all([visitor.press('flood', cookie), visitor.press('flood', cookie)]);
  const [done, refused] = both.sort((a, b) => b.ok - a.ok);
  assert.deepEqual([done.ok, refused.ok], [true, false], JSON.stringify(both));
  assert.match(refused.steps[0], /of another click/);
});

test('only admins end sockets, and see the table', WITHIN, async (t) => {
  const { visitor } = await openDemo(t, IN_MEMORY);
  const [alice, bob] = [
    await visitor.enter(await visitor.logIn('alice'), 'alice'),
    await visitor.enter(await visitor.logIn('bob'), 'bob'),
  ];
  bob.on('admin', () => assert.fail('bob got the table'));
  for (const wrong of [{ id: alice.id }, ...ODD]) bob.emit('end', wrong);
  // Messages are in order: the end would have come before.
  const heard = once(alice, 'said');
  bob.emit('say', { text: 'still there?' });
  assert.deepEqual((await heard)[0], { from: 'bob', text: 'still there?' });
});

test('messages that make no sense', WITHIN, async (t) => {
  const { visitor } = await openDemo(t, IN_MEMORY);
  const carol = await visitor.enter(await visitor.logIn('carol'), 'carol');
  for (const odd of ODD) {
    carol.emit('end', odd);
    carol.emit('say', odd);
  }
  for (const text of ['', ' ', 1, {}, null]) carol.emit('say', { text });
  for (const to of [1, [], ODD.at(-1).id]) carol.emit('say', { text: 'hello', to });
  const heard = once(carol, 'said');
  carol.emit('say', { text: 'x'.repeat(501), to: 'carol' });
  assert.deepEqual((await heard)[0], { from: 'carol', to: 'carol', text: 'x'.repeat(500) });
});

test('the panel: one event at once, then one a second', WITHIN, async (t) => {
  t.mock.timers.enable(MOCKED_TIMERS);
  const { url } = await openDemo(t, IN_MEMORY);
  const response = await fetch(`${url}/panel`);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const event = async () => JSON.parse(/^event: panel\ndata: (.+)\n\n$/.exec((await reader.read()).value)[1]);
  const { time, ...first } = await event();

  assert.deepEqual(first, {
    backend: {
      kind: 'store',
      state: 'idle',
      reason: 'the store is not a connect-redis store',
      lastError: null,
    },
    watch: {
      tier: null,
      sessions: 0,
      ended: { destroyed: 0, expired: 0, 'logged-out': 0, 'user-changed': 0 },
    },
    seconds: 1,
    decided: { authorized: 0, refused: 0 },
    latency: { p50: null, p99: null },
    outcomes: { AUTHORIZED: 0 },
    refusals: [],
    online: [],
    ends: [],
    redis: 'none',
    banned: [],
  });
  t.mock.timers.tick(1_000);
  assert.ok((await event()).time >= time);
});

test('what the page is told, and what it is made of', WITHIN, async (t) => {
  const { url } = await openDemo(t, IN_MEMORY);
  const page = await fetch(url);
  assert.match(page.headers.get('content-security-policy'), /^default-src 'self';/);
  for (const file of [
    '/vendor/uPlot.iife.min.js',
    '/vendor/uPlot.min.css',
    '/socket.io/socket.io.esm.min.js',
  ]) {
    assert.equal((await fetch(url + file)).status, 200, file);
  }
  const { people, sessions } = await (await fetch(`${url}/about`)).json();
  assert.deepEqual(
    people.map(({ name, isAdmin }) => [name, isAdmin]),
    [
      ['alice', false],
      ['bob', false],
      ['carol', true],
    ],
  );
  assert.match(sessions.description, /in the memory/);
  assert.deepEqual([sessions.inRedis, sessions.canStop], [false, false]);
});

test('Redis is stopped twice, and started twice', WITHIN, async (t) => {
  const { demo, visitor, url } = await openDemo(t);
  const cookie = await visitor.logIn('alice');
  const alice = await visitor.enter(cookie, 'alice');
  const both = await Promise.all([visitor.press('redis-stop', cookie), visitor.press('redis-stop', cookie)]);
  assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true], JSON.stringify(both));
  for (const name of ['redis-stop', 'expire', 'flood', 'ban']) {
    const { ok, steps } = await visitor.press(name, cookie);
    assert.equal(ok, false);
    assert.match(steps[0], /^Redis is stopped/, name);
  }
  for (const path of ['/login', '/logout']) {
    const form = { username: 'bob', password: 'builder' };
    await assertRefused(await post(url + path, { cookie, form }), 503, /^Redis is stopped/);
  }
  // Nobody's session is asked for.
  assert.equal((await visitor.press('no-cookie')).code, 'NO_COOKIE');
  assert.equal((await visitor.panelOnce(({ redis }) => redis === 'stopped')).online[0].name, 'alice');

  const again = await Promise.all([visitor.press('redis-start'), visitor.press('redis-start')]);
  assert.deepEqual(again.map(({ ok }) => ok).sort(), [false, true], JSON.stringify(again));
  assert.equal(demo.sessions.redisState(), 'running');
  await visitor.enter(cookie, 'alice');
  assert.ok(alice.connected);
});

test('a Redis of somebody else is left alone', WITHIN, async (t) => {
  const { demo, visitor, url } = await openDemo(t, { REDIS_URL: foreign.url });
  const cookie = await visitor.logIn('alice');
  for (const name of ['redis-stop', 'redis-start']) {
    const { ok, steps } = await visitor.press(name, cookie);
    assert.equal(ok, false);
    assert.match(steps[0], /not the demo's own Redis/);
  }
  assert.equal(demo.sessions.redisState(), 'not ours');
  assert.equal((await (await fetch(`${url}/about`)).json()).sessions.canStop, false);
});

test('a Redis that is away is told in words, and at once', WITHIN, async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const { demo, visitor, url } = await openDemo(t, { REDIS_URL: redis.url });
  const cookie = await visitor.logIn('alice');
  const lost = new Promise((resolve) => demo.sessions.store.client.once('error', resolve));
  await redis.stop();
  await lost;
  for (const path of ['/try/forge', '/logout']) {
    await assertRefused(
      await post(url + path, { cookie }),
      503,
      /^The session store cannot be asked: The client is/,
    );
  }
});

async function assertRefused(response, status, pattern) {
  const body = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  assert.equal(body.ok, false);
  assert.equal(typeof body.title, 'string');
  assert.match(body.message, pattern);
  assert.deepEqual(body.steps, [body.message]);
}

function post(url, { cookie, headers, form = {} } = {}) {
  const all = { accept: 'application/json', ...(cookie && { cookie }), ...headers };
  return fetch(url, { method: 'POST', headers: all, body: new URLSearchParams(form), redirect: 'manual' });
}
