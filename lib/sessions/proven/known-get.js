'use strict';

const { isProxy } = require('node:util').types;
const { textOf, hashOf, membersOf } = require('../../redis/function-text');
const { isPublished } = require('./dry-run');

/** Every text of `get` that connect-redis has published, by its hash (scripts/connect-redis.js). */
const KNOWN = new Map(require('./known-gets.json').map((row) => [row.sha256, row]));
const UNMARKED = { own: ['length', 'name', 'arguments', 'caller', 'prototype'] };
/** What Instana, Sentry and shimmer (OpenTelemetry, Instana) leave on what they wrap. */
const AGENT = /instanaShimmerWrapInner|__sentry_|__original|__wrapped|__unwrap/;
const WRAPPER = /\.\s*(call|apply)\b|\bsuper\b|\[native code\]/;
const NATIVE_PARSE = /^function parse\(\)\s*\{\s*\[native code\]\s*\}$/;

/**
 * Why a store's `get` is not that of a published connect-redis, so that the addon cannot know what it does. A class name
 * says nothing (forks are called RedisStore too), and neither do a few calls: a rule of the app may be about other sessions.
 * So the text of `get` has to be a published one, and what the text refers to has to be the original. Redis is not asked.
 * @returns {Promise<{ unsupported: string, remedy?: string } | undefined>}
 */
async function whyUnknown(store) {
  const holders = [];
  for (let object = store; object; object = Object.getPrototypeOf(object)) {
    if (isProxy(object)) return { unsupported: 'the store, or a class of it, is a Proxy' };
    if (Object.hasOwn(object, 'get')) holders.push(object);
  }
  if (holders[0] === store) return { unsupported: 'the store has a get of its own' };
  if (holders.length > 1)
    return { unsupported: "the store's class has a get of its own above that of its base class" };
  const { value: get } = Object.getOwnPropertyDescriptor(holders[0], 'get');
  if (!get) return { unsupported: "the store's get is a getter" };
  const text = textOf(get);
  const row = KNOWN.get(hashOf(text));
  const marks = Reflect.ownKeys(get).filter((name) => !(row ?? UNMARKED).own.includes(name));
  if (!row || marks.length > 0) return whyForeign(text, marks);
  const { versions, trusted, why, upgrade } = row;
  if (!trusted)
    return { unsupported: `connect-redis ${versions.join(', ')} ${why}`, remedy: `upgrade to ${upgrade}` };
  const altered = whyAltered(store, row);
  if (altered) return { unsupported: altered };
  if (await isPublished(store, row)) return undefined;
  return { unsupported: 'the store does not read sessions as connect-redis does' };
}

/** Where a `get` that was not published comes from, as far as its text shows. */
function whyForeign(text, marks) {
  if (AGENT.test([text, ...marks.map(String)].join(' ')))
    return { unsupported: "a monitoring agent has wrapped the store's get" };
  if (marks.length > 0 || WRAPPER.test(text)) return { unsupported: "the store's get is wrapped" };
  const members = membersOf(text).join();
  if ([...KNOWN.values()].some((row) => row.members.join() === members)) {
    const unsupported = "the store's get has the looks of connect-redis, bundled or minified";
    return { unsupported, remedy: 'mark connect-redis external' };
  }
  return { unsupported: "the store's class has a get of its own, which is not that of connect-redis" };
}

/** Why a known `get` does something else in this store. */
function whyAltered(store, { serializer }) {
  for (const name of serializer ? ['client', 'prefix', 'serializer'] : ['client', 'prefix']) {
    const property = Object.getOwnPropertyDescriptor(store, name);
    if (!property && !(name in store)) return `the store has no ${name}`;
    if (!property || property.get) return `the store's ${name} is a getter, or not its own`;
  }
  if (typeof store.prefix !== 'string') return "the store's prefix is not a string";
  if (serializer ? store.serializer !== JSON : 'serializer' in store)
    return 'the store has a serializer of its own';
  return NATIVE_PARSE.test(textOf(JSON.parse)) ? undefined : 'JSON.parse has been replaced';
}

module.exports = { whyUnknown };
