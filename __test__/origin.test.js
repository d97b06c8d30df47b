'use strict';

// The option origin: which pages may connect, decided before anything is looked up.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { startIndexed } = require('./support/index-app');
const { isLetIn, requestOf, stage } = require('./support/origins');
const { nextMinute } = require('./support/clock');
const { warningsDuring } = require('./support/proof');
const { VERSIONS } = require('./support/socket-server');
const { cookieOf, visit } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

const SAME_HOST = [
  // Origin, Host, whether they are the same.
  ['https://chat.example.com', 'chat.example.com', true],
  ['http://chat.example.com', 'chat.example.com', true],
  ['https://chat.example.com', 'chat.example.com:443', true],
  ['http://chat.example.com', 'chat.example.com:80', true],
  ['http://chat.example.com:80', 'chat.example.com', true],
  ['https://CHAT.example.com', 'chat.EXAMPLE.com', true],
  ['http://localhost:3000', 'localhost:3000', true],
  ['http://[::1]:3000', '[::1]:3000', true],
  ['http://127.0.0.1:3000', '127.0.0.1:3000', true],
  ['https://bücher.example', 'xn--bcher-kva.example', true],
  ['http://chat.example.com', 'chat.example.com:443', false],
  ['https://chat.example.com', 'chat.example.com:80', false],
  ['http://localhost:3001', 'localhost:3000', false],
  ['http://localhost:3000', 'localhost', false],
  ['http://127.0.0.1:3000', 'localhost:3000', false],
  ['https://evil.example.com', 'chat.example.com', false],
  ['https://chat.example.com.evil.com', 'chat.example.com', false],
  ['https://chat.example.com@evil.com', 'chat.example.com', false],
  ['https://evilchat.example.com', 'chat.example.com', false],
  ['null', 'null', false],
  ['', 'chat.example.com', false],
  ['capacitor://localhost', 'localhost', false],
  ['file://', 'chat.example.com', false],
  ['chat.example.com', 'chat.example.com', false],
  ['https://chat.example.com, https://evil.com', 'chat.example.com', false],
  ['https://evil.com', 'evil.com/chat.example.com', false],
  ['https://evil.com', 'x@evil.com', false],
  ['https://chat.example.com', undefined, false],
  ['https://chat.example.com', '', false],
  ['https://:', 'chat.example.com', false],
];

test("'same-host': host and port of Origin and Host, default ports the same", async () => {
  for (const [origin, host, isSame] of SAME_HOST) {
    const request = { headers: { cookie: cookieOf('ann'), origin, host } };
    assert.equal(await isLetIn({ origin: 'same-host' }, request), isSame, `${origin} for ${host}`);
  }
});

test('the hint of a refusal names Origin and Host, and a list for where a proxy changes Host', async () => {
  const { authorizer, told } = stage({ origin: 'same-host' });
  await visit(authorizer, requestOf('https://app.example.com', '10.0.0.7:3000'));
  const [{ hint, critical, user, cookie }] = told;
  assert.match(hint, /"https:\/\/app\.example\.com".*"10\.0\.0\.7:3000".*proxy.*list/s);
  // The request is prepared by then.
  assert.deepEqual([critical, user, cookie['connect.sid']], [false, { logged_in: false }, 'ann']);
});

const WITHOUT_ORIGIN = [
  [{}, {}, true],
  [{}, { 'sec-fetch-site': 'same-origin' }, true],
  [{}, { 'sec-fetch-site': 'none' }, true],
  [{}, { 'sec-fetch-site': 'cross-site' }, false],
  [{}, { 'sec-fetch-site': 'same-site' }, false],
  [{ j: '0' }, {}, false],
  [{ j: '' }, { 'sec-fetch-site': 'same-origin' }, false],
];

test('without an Origin: neither JSONP, nor what a page of another origin sends', async () => {
  for (const option of ['same-host', 'cors', ['https://a.example'], /./, () => true]) {
    for (const [query, headers, isIn] of WITHOUT_ORIGIN) {
      const request = { ...requestOf(undefined, 'chat.example.com', headers), _query: query };
      assert.equal(await isLetIn({ origin: option }, request), isIn, JSON.stringify([query, headers]));
    }
  }
});

test('a list, a RegExp', async () => {
  const sticky = /https:\/\/[a-z]+\.example\.com$/gy;
  const list = [
    'https://app.example.com',
    'null',
    'capacitor://localhost',
    /^https:\/\/pr-\d+\.example\.com$/g,
  ];
  const cases = [
    [list, 'https://app.example.com', true],
    [list, 'null', true],
    [list, 'capacitor://localhost', true],
    [list, 'https://pr-7.example.com', true],
    [list, 'https://app.example.com:8443', false],
    [list, 'http://app.example.com', false],
    [list, 'https://chat.example.com', false],
    [list, 'https://pr-7.example.com.evil.com', false],
    ['https://app.example.com', 'https://app.example.com', true],
    ['https://APP.example.com:443', 'https://app.example.com', true],
    [sticky, 'https://chat.example.com', true],
    [sticky, 'https://chat.example.org', false],
  ];
  for (const [origin, given, isIn] of cases) {
    // More than once: a RegExp may have a state.
    for (let i = 0; i < 3; i++) assert.equal(await isLetIn({ origin }, requestOf(given)), isIn, given);
  }
});

test('a function: is asked with origin and request, answers at once or later, refuses when it throws', async () => {
  const request = requestOf('https://app.example.com');
  const seen = [];
  const answers = [
    [(...given) => seen.push(given), true],
    [() => true, true],
    [async () => true, true],
    [() => false, false],
    [() => undefined, false],
    [async () => false, false],
    [async () => undefined, false],
    [
      () => {
        throw new Error('no list\n//ann:pass@db today');
      },
      false,
    ],
    [() => Promise.reject(new Error('no list\n//ann:pass@db today')), false],
  ];
  for (const [origin, isIn] of answers)
    assert.equal(await isLetIn({ origin }, request), isIn, String(origin));
  assert.deepEqual(seen, [['https://app.example.com', request]]);
});

test('a function that never answers refuses when its time is over; a late answer is not heard', async () => {
  let late;
  const origin = () => new Promise((resolve) => (late = resolve));
  const { authorizer, asked } = stage({ origin, timeout: 30 });
  assert.equal((await visit(authorizer, requestOf('https://a.example'))).error.code, 'ORIGIN_NOT_ALLOWED');
  late(true);
  await sleep(5);
  assert.deepEqual([asked, authorizer.stats().failures], [[], { ORIGIN_NOT_ALLOWED: 1 }]);
});

test('false: anybody, silently', async (t) => {
  const warnings = warningsDuring(t);
  for (const [origin, host] of SAME_HOST) {
    assert.ok(await isLetIn({ origin: false }, { headers: { cookie: cookieOf('ann'), origin, host } }));
  }
  assert.ok(await isLetIn({ origin: false }, { ...requestOf(undefined), _query: { j: '0' } }));
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
});

const UNCHECKED = [
  // Options, request, whether it is announced.
  [{}, requestOf('https://evil.com'), true],
  [{}, requestOf('null'), true],
  [{}, { ...requestOf(undefined), _query: { j: '0' } }, true],
  [{}, requestOf(undefined, 'chat.example.com', { 'sec-fetch-site': 'cross-site' }), true],
  [{}, requestOf('https://chat.example.com'), false],
  [{}, requestOf(undefined), false],
  [{}, { headers: { origin: 'https://evil.com', host: 'a' }, _query: { session_id: 'ann' } }, false],
  [{}, { headers: { origin: 'https://evil.com', host: 'a' }, _query: {} }, false],
  [{ origin: false }, requestOf('https://evil.com'), false],
  [{ origin: 'cors' }, requestOf('https://evil.com'), true],
];

test('without the option, and with a cors that checks nothing, one page of another origin is announced', async () => {
  for (const [options, request, isAnnounced] of UNCHECKED) {
    const warnings = [];
    // Refused on purpose, three times.
    const listen = (warning) => warning.code !== 'FIRST_RUN' && warnings.push(warning);
    process.on('warning', listen);
    const { authorizer } = stage({ sessionIdInQuery: true, ...options });
    const server = { engine: { opts: { cors: { origin: '*' } } } };
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => authorizer({ request, nsp: { server } }, resolve));
    }
    await new Promise(setImmediate);
    process.off('warning', listen);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      isAnnounced ? ['ORIGIN_UNCHECKED'] : [],
      JSON.stringify([options, request.headers, request._query]),
    );
    if (isAnnounced) assert.match(warnings[0].message, /option origin.*'same-host'.*false/s);
  }
});

test('the warning of an unchecked origin quotes and cuts what the client sent', async (t) => {
  const warnings = await warningsFrom(t);
  const { authorizer } = stage({});
  await visit(authorizer, requestOf(`https://${'x'.repeat(9000)}`, 'a\u009b2J\u202e'));
  assert.deepEqual(await codesOf(warnings), ['ORIGIN_UNCHECKED']);
  const [{ message }] = warnings;
  assert.ok(message.length < 1000);
  assert.match(message, /on Host "a\\u009b2J\\u202e"/);
  assert.doesNotMatch(message, /[\u009b\u202e]/);
});

test('schemes of apps, with a host or without', async () => {
  for (const origin of ['file://', 'app://.', 'capacitor://localhost']) {
    assert.ok(await isLetIn({ origin: [origin] }, requestOf(origin)));
    assert.ok(!(await isLetIn({ origin: [origin] }, requestOf('https://a.example'))));
  }
});

test('a function that fails is told to the operator, once a minute', async (t) => {
  for (const origin of [
    () => {
      throw new Error('no list\n//ann:pass@db today');
    },
    () => Promise.reject(new Error('no list\n//ann:pass@db today')),
  ]) {
    const warnings = await warningsFrom(t);
    const { authorizer } = stage({ origin });
    for (let i = 0; i < 2; i++) await visit(authorizer, requestOf('https://a.example'));
    assert.deepEqual(await codesOf(warnings), ['ORIGIN_ERROR']);
    const [{ message }] = warnings;
    assert.match(message, /option origin failed.*no list \/\/…@db today \(at .*origin\.test\.js:\d+:\d+\)/);
    nextMinute();
    await visit(authorizer, requestOf('https://a.example'));
    // The help at the first run comes with the third.
    assert.deepEqual(await codesOf(warnings), ['ORIGIN_ERROR', 'ORIGIN_ERROR', 'FIRST_RUN']);
  }
});

const WRONG = [
  'https://*.example.com',
  'https://example.com:*',
  'https://example.com:99999',
  'https://[::1',
  ['https://app.example.com', 'https://exa mple.com'],
  'https://',
  'https://user@example.com',
  'same-origin',
  '*',
  true,
  'app.example.com',
  'https://app.example.com/',
  'https://a/b',
  '',
  [],
  ['*'],
  [7],
  7,
  {},
];

test('a wrong origin is a TypeError that says what it should be', () => {
  for (const origin of WRONG) {
    assert.throws(
      () => stage({ origin }),
      { name: 'TypeError', message: /option origin/ },
      JSON.stringify(origin),
    );
  }
});

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: 'same-host' over WebSocket and polling`, async (t) => {
    const { visit: enter, url } = await startIndexed(t, {
      version,
      users: { ann: {} },
      options: { origin: 'same-host' },
    });
    for (const transports of [['websocket'], ['polling']]) {
      const come = (origin) => {
        const extraHeaders = { cookie: cookieOf('ann'), ...(origin && { origin }) };
        return enter('ann', {
          transports,
          extraHeaders,
          transportOptions: { polling: { extraHeaders }, websocket: { extraHeaders } },
        });
      };
      assert.equal((await come(url)).welcome, 'ann');
      assert.equal((await come()).welcome, 'ann');
      const { refused } = await come('http://evil.example');
      assert.match(String(refused.message ?? refused), /Origin not allowed/);
    }
  });
}
