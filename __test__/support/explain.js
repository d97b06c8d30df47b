'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { sign } = require('cookie-signature');
const { MemoryStore } = require('express-session');
const { redisStoreFor } = require('./app');
const { authorizerOf } = require('./proof');
const { cookieOf, passportOf, visit } = require('./visit');

const TRIES = 200;

/** What must be in no explanation: a secret, session ids, user keys, values of sessions, words of errors. */
const SECRET = 'SENTINEL-secret';
const OLD_SECRET = 'SENTINEL-old-secret';
const ID = '0123SENTINEL-session-id';
const USER = 'SENTINEL-user';
const INSIDE = 'SENTINEL inside';

const STEPS = [
  'authorizer',
  'origin',
  'query',
  'cookies',
  'signature',
  'look-up',
  'session',
  'passport',
  'user',
];

/** A session of USER, with values of every type. */
function sessionOf(login = { user: USER, at: 7 }) {
  return {
    cookie: { path: '/SENTINEL' },
    cart: ['SENTINEL'],
    note: 'SENTINEL',
    count: 424242,
    seen: true,
    none: null,
    passport: login,
  };
}

/**
 * Where sessions can be. Each way opens an authorizer over a store, and gives `put(value)`: the stored session of ID, a text
 * as it is, null for none.
 */
const WAYS = {
  MemoryStore: async (t, _redis, options) => {
    const store = new MemoryStore();
    const put = async (value) => {
      if (value === null) delete store.sessions[ID];
      else store.sessions[ID] = typeof value === 'string' ? value : JSON.stringify(value);
    };
    return { kind: 'store', authorizer: authorizerOf(t, { ...usual(), store, ...options }), put };
  },
  'a connect-redis store, not proven': async (t, { redis, admin }, options) => {
    const store = await redisStoreFor(t, redis);
    // A subclass with a rule of its own is never followed.
    store.get = function get(...given) {
      return Object.getPrototypeOf(this).get.apply(this, given);
    };
    return {
      kind: 'store',
      authorizer: authorizerOf(t, { ...usual(), store, ...options }),
      put: putIn(admin),
    };
  },
  'a connect-redis store, proven': async (t, { redis, admin }, options) => {
    const store = await redisStoreFor(t, redis);
    const put = putIn(admin);
    const authorizer = authorizerOf(t, { ...usual(), store, ...options });
    await put(sessionOf());
    await untilNative(authorizer);
    return { kind: 'redis', authorizer, put };
  },
  'the option redis': async (t, { redis, admin }, options) => {
    const authorizer = authorizerOf(t, { ...usual(), redis: redis.url, ...options });
    return { kind: 'redis', authorizer, put: putIn(admin) };
  },
};

/** Whatever becomes of the user: it is the look-ups that are proven. */
async function untilNative(authorizer) {
  for (let tries = 0; tries < TRIES && authorizer.backend.kind !== 'redis'; tries++) {
    await visit(authorizer, requestWith());
    await sleep(5);
  }
  assert.equal(authorizer.backend.kind, 'redis', authorizer.backend.reason);
}

function usual() {
  return { secret: [SECRET, OLD_SECRET], passport: passportOf() };
}

function putIn(admin) {
  return async (value) => {
    if (value === null) await admin.del(`sess:${ID}`);
    else await admin.set(`sess:${ID}`, typeof value === 'string' ? value : JSON.stringify(value));
  };
}

/** A request with a good cookie of ID, unless another is given. */
function requestWith({ cookie = cookieOf(ID, { secret: OLD_SECRET }), ...more } = {}) {
  const { headers, ...rest } = more;
  return { headers: { host: 'example.com', ...(cookie !== null && { cookie }), ...headers }, ...rest };
}

/** Asserts what is so of every explanation, and gives it back. */
function checked(explanation) {
  assert.deepEqual(
    explanation.steps.map(({ step }) => step),
    STEPS,
  );
  assert.deepEqual(JSON.parse(JSON.stringify(explanation)), explanation, 'fit for JSON');
  assert.equal(Object.getPrototypeOf(explanation), Object.prototype, 'plain');
  const text = String(explanation);
  const all = text + JSON.stringify(explanation);
  assert.doesNotMatch(all, /SENTINEL|424242/, all);
  for (const signature of [SECRET, OLD_SECRET].map((secret) => sign(ID, secret).slice(ID.length + 1))) {
    assert.ok(!all.includes(signature), 'a signature');
  }
  for (const { step, text: line } of explanation.steps) {
    assert.match(line, /^[^\r\n]+$/, step);
    assert.ok(text.includes(`${step.padEnd(12)}${line}`), step);
  }
  const failed = explanation.steps.filter(({ status }) => status === 'failed');
  assert.equal(failed.length, explanation.authorized ? 0 : 1);
  assert.equal(explanation.hint === null, explanation.authorized);
  return explanation;
}

function stepOf(explanation, name) {
  return explanation.steps.find(({ step }) => step === name);
}

module.exports = { ID, INSIDE, OLD_SECRET, SECRET, USER, WAYS, checked, requestWith, sessionOf, stepOf };
