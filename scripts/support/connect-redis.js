'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const session = require('express-session');
const { membersOf, textOf } = require('../../lib/redis/function-text');

const SID = 'sid';
const PREFIX = 'prefix:';
const FAILURE = new Error('Redis failed');

/**
 * The classes that a package of connect-redis exports, of any version: from the CommonJS build, and from the ES module
 * if there is one.
 * @param {string} folder - a folder from which `express-session` resolves
 */
async function classesOf(folder) {
  const { exports: entry, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const esm = entry?.['.']?.import ?? entry?.import;
  const file = typeof esm === 'string' ? esm : esm?.default;
  const builds = [requireOld(folder)];
  if (file) builds.push(await import(pathToFileURL(path.join(folder, file)).href));
  return builds.map((exported) => classIn(exported, version));
}

/** Version 1.0.0 gets its base class from `connect`, which is not installed. */
function requireOld(folder) {
  const load = Module._load;
  Module._load = (request, ...rest) => (request === 'connect' ? { session } : load(request, ...rest));
  try {
    return require(folder);
  } finally {
    Module._load = load;
  }
}

function classIn(exported, version) {
  if (exported.RedisStore ?? exported.default) return exported.RedisStore ?? exported.default;
  // The argument is connect up to 1.4.7, and express-session later.
  return version === '1.0.0' ? exported : exported({ session, Store: session.Store });
}

/** The row of one text of `get`, without the versions. */
async function rowOf(RedisStore) {
  const { get } = RedisStore.prototype;
  const text = textOf(get);
  const why = await whyUntrusted(RedisStore);
  const missing = await answerOf(RedisStore, null);
  const [, ...afterError] = (await answerOf(RedisStore, FAILURE)).args;
  return {
    sha256: createHash('sha256').update(text).digest('hex'),
    trusted: why === undefined,
    ...(why && { why }),
    missing: missing.args,
    afterError,
    serializer: text.includes('serializer'),
    wrapper: wrapperOf(RedisStore, text),
    own: Reflect.ownKeys(get),
    members: membersOf(text),
  };
}

/** Why sessions of this version cannot be looked up natively, from a test run of its `get`. */
async function whyUntrusted(RedisStore) {
  const { key } = await answerOf(RedisStore, null);
  if (key !== PREFIX + SID) return 'reads keys without a prefix';
  const { args: failed } = await answerOf(RedisStore, FAILURE);
  if (failed[0] !== FAILURE) return 'takes an error of Redis for a session that is missing';
  const { args: odd } = await answerOf(RedisStore, 'TOMBSTONE');
  if (!(odd[0] instanceof SyntaxError)) return 'leaves a TOMBSTONE where a session was destroyed';
  return undefined;
}

/** The command that its `get` sends to the client, and its callback's arguments for this answer of the client. */
function answerOf(RedisStore, reply) {
  const asked = {};
  const client = {
    get(key, callback) {
      asked.key = key;
      const failed = reply === FAILURE;
      if (callback) callback(failed ? reply : null, failed ? undefined : reply);
      return failed ? Promise.reject(reply) : Promise.resolve(reply);
    },
  };
  const store = Object.create(RedisStore.prototype);
  Object.assign(store, { client: quiet(client), prefix: PREFIX, serializer: JSON });
  return new Promise((resolve) => store.get(SID, (...args) => resolve({ ...asked, args })));
}

/** Versions with a callback ignore the promise, which may be rejected. */
function quiet(client) {
  const { get } = client;
  client.get = (...args) => {
    const answer = get(...args);
    answer.catch(() => {});
    return answer;
  };
  return client;
}

/** The text of `client.get`, if the store wraps the app's client. */
function wrapperOf(RedisStore, text) {
  if (!text.startsWith('async')) return null;
  const client = { get() {}, set() {}, expire() {}, del() {}, mGet() {}, scanIterator() {} };
  const shown = new RedisStore({ client }).client;
  return shown === client ? null : textOf(shown.get);
}

module.exports = { classesOf, rowOf };
