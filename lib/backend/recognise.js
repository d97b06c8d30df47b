'use strict';

const { setImmediate } = require('node:timers');

/** A session id and a session that no client has. */
const SID = 'passport-socketio-native-dry-run';
const SESSION = Object.freeze({ dryRun: 1, cookie: { path: '/' } });

/**
 * Whether a store is connect-redis, told by what it does: its own `get` runs against a client that
 * answers from memory. Names are useless (every fork is called RedisStore) and so is instanceof (the
 * class of versions 1–6 is made anew at each call).
 * @returns {Promise<string | undefined>} why it is not, or nothing
 */
async function whyNotConnectRedis(store) {
  try {
    return await inspect(store);
  } catch (error) {
    return `the store could not be looked into: ${error?.message}`;
  }
}

async function inspect(store) {
  if (Object.hasOwn(store, 'get')) return 'the store has a get of its own';
  if (overridesGet(store)) return "the store's class has a get of its own above that of its base class";
  if (store.serializer !== undefined && store.serializer !== JSON)
    return 'the store has a serializer of its own';
  const keys = [];
  const client = {
    get(key, callback) {
      keys.push(key);
      const text = JSON.stringify(SESSION);
      if (typeof callback !== 'function') return Promise.resolve(text);
      callback(null, text);
      return undefined;
    },
  };
  const session = await dryRun(Object.create(store, { client: { value: client } }));
  const asExpected = keys.length === 1 && keys[0] === `${store.prefix}${SID}` && isSession(session);
  return asExpected ? undefined : 'the store does not read sessions as connect-redis does';
}

/** A subclass whose `get` adds something to that of its base class may add it for some sessions only. */
function overridesGet(store) {
  let found = 0;
  for (let proto = Object.getPrototypeOf(store); proto; proto = Object.getPrototypeOf(proto)) {
    if (Object.hasOwn(proto, 'get')) found += 1;
  }
  return found > 1;
}

/** What its `get` calls back with, if it does so within a few microtasks. */
function dryRun(store) {
  return new Promise((resolve) => {
    const answer = (error, session) => resolve(error ? undefined : session);
    try {
      Promise.resolve(store.get(SID, answer)).catch(answer);
    } catch {
      resolve(undefined);
    }
    setImmediate(resolve, undefined);
  });
}

function isSession(session) {
  return JSON.stringify(session) === JSON.stringify(SESSION);
}

module.exports = { whyNotConnectRedis };
