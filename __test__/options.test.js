'use strict';

const assert = require('node:assert/strict');
const { createSecretKey, generateKeyPairSync } = require('node:crypto');
const { test } = require('node:test');
const cookieParser = require('cookie-parser');
const { MemoryStore } = require('express-session');
const passport = require('passport');
const { authorize } = require('..');
const { OPTIONS } = require('../lib/authorize/options');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');
const { storeOf } = require('./support/oracle');

const store = storeOf({ ada: { passport: { user: 'ada' } } });
const EMPTY_KEY = createSecretKey(Buffer.alloc(0));
const REDIS = 'redis://127.0.0.1:1';

/** Each option: what must be said of it, and the values of which it must be said. */
const WRONG = {
  key: [/name of the session cookie/, ['', null, 7, ['connect.sid'], {}]],
  secret: [
    /secret given to express-session/,
    ['', 7, true, {}, [''], [SECRET, ''], [SECRET, null], [[SECRET]], Buffer.alloc(0), EMPTY_KEY],
  ],
  store: [
    /express-session's store/,
    [{}, 'redis', 7, true, [], { get: 'get' }, () => {}, new Map().entries()],
  ],
  redis: [
    /URL/,
    [
      '',
      7,
      true,
      {},
      [],
      new URL(REDIS),
      'localhost',
      'http://127.0.0.1',
      'redis://127.0.0.1:port',
      'redis://127.0.0.1:99999',
    ],
  ],
  client: [/Redis client that was given to the store/, [7, true, 'redis', {}, { get: 'get' }]],
  prefix: [/key prefix, a string/, [7, {}, true, Buffer.from('sess:')]],
  passport: [/require\('passport'\)/, [{}, 'passport', true, passport.initialize(), { _key: 'passport' }]],
  cookieParser: [/require\('cookie-parser'\)/, [{}, 'cookie-parser', true, cookieParser(SECRET)]],
  userProperty: [/name of a property/, ['', null, 7, {}, Symbol('user')]],
  success: [/function \(data, accept\)/, [null, {}, 'yes', true]],
  fail: [/function \(data, message, critical, accept, info\)/, [null, {}, 'no', false]],
  timeout: [/milliseconds/, [0, -1, NaN, Infinity, 2 ** 31, null, '5000', 5n]],
  maxPending: [/whole number/, [0, -1, 1.5, NaN, Infinity, null, '100', 2 ** 53]],
  origin: [/'same-host'/, [7, '', {}, [7]]],
  share: [
    /array of names of the user's properties, or paths such as 'team\.id'/,
    [
      'id',
      7,
      true,
      {},
      [7],
      [''],
      [null],
      ['team.'],
      ['.id'],
      ['__proto__'],
      ['team.__proto__.id'],
      new Array(1),
    ],
  ],
  sessionIdInQuery: [/true, 'signed' or false/, [null, 'unsigned', 1, 0, '', {}]],
  index: [/array of names of the user's properties/, ['id', {}, 7, [''], [7]]],
  onSessionEnd: [
    /'disconnect' or a function \(socket, reason\)/,
    [true, false, 7, '', 'close', {}, ['disconnect']],
  ],
  recheckEvery: [/milliseconds, at least 100/, [0, -1, 99, NaN, Infinity, 2 ** 31, null, '5000', 500n]],
  rooms: [/function \(user\)/, [true, {}, 'everybody', ['everybody']]],
};

test('every option has wrong values here', () => {
  assert.deepStrictEqual(Object.keys(WRONG).sort(), [...OPTIONS].sort());
});

for (const [option, [fix, values]] of Object.entries(WRONG)) {
  test(`a wrong ${option} is a TypeError at authorize() that says what is right`, () => {
    for (const value of values) {
      const options = { secret: SECRET, store, passport: passportOf(), [option]: value };
      assert.throws(
        () => authorize(options),
        (error) => {
          const about = `${option}: ${String(error.message)}`;
          assert.strictEqual(error.name, 'TypeError', about);
          assert.match(error.message, new RegExp(`^authorize\\(\\): option ${option}\\b`), about);
          assert.match(error.message, fix, about);
          return true;
        },
        `${option} = ${describe(value)} was taken`,
      );
    }
  });
}

test('a store that is a class, and a cookie parser that was called already, are recognised', () => {
  const options = { secret: SECRET, store, passport: passportOf() };
  assert.throws(() => authorize({ ...options, store: MemoryStore }), {
    name: 'TypeError',
    message: /store is a class.*instance/,
  });
  assert.throws(() => authorize({ ...options, cookieParser: cookieParser() }), {
    name: 'TypeError',
    message: /cookieParser is a middleware.*cookieParser itself/,
  });
});

test("a Passport of another kind, which keeps the session's member elsewhere, is told apart", () => {
  const { Authenticator } = require('@fastify/passport');
  for (const other of [new Authenticator(), { deserializeUser() {} }, { deserializeUser() {}, _key: 7 }]) {
    assert.throws(() => authorize({ secret: SECRET, store, passport: other }), {
      name: 'TypeError',
      message: /option passport must name the session's member in _key/,
    });
  }
});

test('neither store nor redis', () => {
  for (const options of [{}, { store: undefined }, { store: null, redis: null }]) {
    assert.throws(() => authorize({ secret: SECRET, passport: passportOf(), ...options }), {
      name: 'TypeError',
      message: /option store is missing.*redis/,
    });
  }
});

test('options that are none', () => {
  for (const options of [undefined, null, 'options', 7, true]) {
    assert.throws(() => authorize(options), {
      name: 'TypeError',
      message: /needs an object of options.*secret, store/,
    });
  }
});

test('no option leaves a password in its message', () => {
  for (const url of [
    'redis://user:hunter2@127.0.0.1:port',
    'redis://user:hunter2@[::1',
    'http://user:hunter2@127.0.0.1',
  ]) {
    assert.throws(
      () => authorize({ secret: SECRET, passport: passportOf(), redis: url }),
      (error) => error instanceof TypeError && !/hunter2/.test(error.message + error.cause?.message),
    );
  }
});

/** Values that must be taken, whatever else the option takes. */
const RIGHT = {
  key: ['sid', '__Host-sid', 'ü', '__proto__'],
  secret: [
    null,
    SECRET,
    [SECRET],
    ['a', 'b'],
    Buffer.from(SECRET),
    new Uint8Array([1]),
    createSecretKey(Buffer.from('x')),
  ],
  store: [
    new MemoryStore(),
    { get() {} },
    Object.create({ get() {} }),
    Object.assign(() => {}, { get() {} }),
  ],
  redis: [
    undefined,
    null,
    REDIS,
    'redis://',
    'redis://u:p@127.0.0.1/3',
    'unix:///tmp/none.sock',
    'rediss://127.0.0.1',
    'redis://[::1]:6379',
    [REDIS],
    { url: REDIS },
  ],
  prefix: [undefined, null, '', 'app:', 'ü:'],
  passport: [undefined, null, passport, new passport.Passport(), { deserializeUser() {}, _key: 'passport' }],
  cookieParser: [
    undefined,
    null,
    cookieParser,
    () => (req, res, next) => next(),
    function parser(_secret, _options) {},
  ],
  userProperty: [undefined, 'user', 'account', 'ü'],
  success: [undefined, () => {}, async () => {}],
  fail: [undefined, () => {}, async () => {}],
  timeout: [undefined, 1, 0.5, 2 ** 31 - 1],
  maxPending: [undefined, 1, 2 ** 53 - 1],
  sessionIdInQuery: [undefined, true, 'signed', false],
  origin: [
    undefined,
    null,
    false,
    'same-host',
    'cors',
    'https://app.example.com',
    ['https://app.example.com:8443', 'capacitor://localhost', 'null', /\.example\.com$/],
    /example/,
    () => true,
  ],
  index: [undefined, null, [], ['id'], ['id', 'team.id']],
  rooms: [undefined, null, () => {}, (user) => [user.id]],
  onSessionEnd: [undefined, null, 'disconnect', () => {}, async () => {}],
  recheckEvery: [undefined, 100, 1000.5, 2 ** 31 - 1],
  unknown: ['extra', undefined],
};

for (const [option, values] of Object.entries(RIGHT)) {
  test(`a right ${option} is taken`, () => {
    for (const value of values) {
      const authorizer = authorize({ secret: SECRET, store, passport: passportOf(), [option]: value });
      assert.strictEqual(typeof authorizer, 'function', describe(value));
      authorizer.close();
    }
  });
}

test('every kind of secret opens what it has signed', async () => {
  const secrets = [
    SECRET,
    Buffer.from(SECRET),
    new Uint8Array(Buffer.from(SECRET)),
    createSecretKey(Buffer.from(SECRET)),
    ['new', SECRET],
    [Buffer.from('new'), Buffer.from(SECRET)],
    [createSecretKey(Buffer.from('new')), SECRET],
  ];
  for (const secret of secrets) {
    const authorizer = authorize({ secret, store, passport: passportOf() });
    assert.strictEqual((await visit(authorizer, cookieOf('ada'))).error, undefined);
    assert.strictEqual(
      (await visit(authorizer, cookieOf('ada', { secret: 'another' }))).error.code,
      'BAD_SIGNATURE',
    );
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  assert.throws(() => authorize({ secret: privateKey, store, passport: passportOf() }), TypeError);
});

test("the default Passport is the app's: what require('passport') gives here", async () => {
  passport.deserializeUser((key, done) => done(null, { id: key }));
  const { error, data } = await visit(authorize({ secret: SECRET, store }), cookieOf('ada'));
  assert.strictEqual(error, undefined);
  assert.deepStrictEqual(data.user, { id: 'ada', logged_in: true });
});

test('authorize() starts nothing: no connection is tried before a visitor comes', () => {
  const authorizer = authorize({ secret: SECRET, redis: REDIS, passport: passportOf() });
  assert.deepStrictEqual(authorizer.backend, {
    kind: 'redis',
    address: `${REDIS}/0`,
    reason: 'the option redis',
    state: 'idle',
    lastError: null,
  });
  assert.strictEqual(authorizer.stats().pending, 0);
  authorizer.close();
});

function describe(value) {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return typeof value;
  }
}
