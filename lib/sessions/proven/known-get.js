'use strict';

const { isProxy } = require('node:util').types;
const { textOf, hashOf, membersOf } = require('../../redis/function-text');
const { isPublished } = require('./dry-run');
const { isParsing, parse } = require('./snapshot');

/** Every text of `get` that connect-redis was published with, by its hash (scripts/connect-redis.js). */
const KNOWN = new Map(require('./known-gets.json').map((row) => [row.sha256, row]));

/**
 * Why a store's `get` is not that of a published connect-redis, so that the addon cannot know what it does. Names are
 * useless (every fork is called RedisStore), and so is a look at what it does with a few sessions: a rule of the app's may
 * be about others. So its text has to be one of those published, and what it refers to has to be the same.
 * Nothing is asked of Redis.
 * @returns {Promise<string | undefined>}
 */
async function whyUnknown(store) {
  try {
    const { row, why } = inspectGet(store);
    const known = why ?? whyAltered(store, row);
    if (known) return known;
    const good = await isPublished(store, row);
    return good ? undefined : reason('the store does not read sessions as connect-redis does');
  } catch (error) {
    return reason(`the store could not be looked into (${error?.message})`);
  }
}

/** The row of its `get`, or why there is none. */
function inspectGet(store) {
  const holders = [];
  for (let object = store; object; object = Object.getPrototypeOf(object)) {
    if (isProxy(object)) return { why: reason('the store, or a class of it, is a Proxy') };
    if (Object.hasOwn(object, 'get')) holders.push(object);
  }
  if (holders[0] === store) return { why: reason('the store has a get of its own') };
  if (holders.length > 1)
    return { why: reason("the store's class has a get of its own above that of its base class") };
  const get = Object.getOwnPropertyDescriptor(holders[0], 'get').value;
  if (!get) return { why: reason("the store's get is a getter") };
  const text = textOf(get);
  const row = KNOWN.get(hashOf(text));
  const marks = Reflect.ownKeys(get).filter((name) => !(row ?? PLAIN).own.includes(name));
  if (!row || marks.length > 0) return { why: whyForeign(text, marks) };
  if (!row.trusted)
    return {
      why: reason(`connect-redis ${row.versions.join(', ')} ${row.why}`, `upgrade to ${row.upgrade}`),
    };
  return { row };
}

const PLAIN = { own: ['length', 'name', 'arguments', 'caller', 'prototype'] };
/** What Instana, Sentry and shimmer (OpenTelemetry, Instana) leave on what they wrap. */
const AGENT = /instanaShimmerWrapInner|__sentry_|__original|__wrapped|__unwrap/;
const WRAPPER = /\.\s*(call|apply)\b|\bsuper\b|\[native code\]/;

/** Whose a `get` is that has not been published, as far as its text shows. It is asked, whatever it is. */
function whyForeign(text, marks) {
  if (AGENT.test([text, ...marks.map(String)].join(' ')))
    return reason("a monitoring agent has wrapped the store's get");
  if (marks.length > 0 || WRAPPER.test(text)) return reason("the store's get is wrapped");
  const members = sorted(membersOf(text));
  if ([...KNOWN.values()].some((row) => sorted(row.members) === members))
    return reason(
      "the store's get has the looks of connect-redis, bundled or minified",
      'mark connect-redis external',
    );
  return reason("the store's class has a get of its own, which is not that of connect-redis");
}

const NATIVE_PARSE = /^function parse\(\)\s*\{\s*\[native code\]\s*\}$/;

/** In any order: a minifier moves what is used once to where it is used. */
function sorted(members) {
  return [...members].sort().join();
}

/** Why a known `get` does something else in this store. */
function whyAltered(store, { serializer }) {
  for (const name of serializer ? ['client', 'prefix', 'serializer'] : ['client', 'prefix']) {
    const property = Object.getOwnPropertyDescriptor(store, name);
    if (!property && !(name in store)) return reason(`the store has no ${name}`);
    if (!property || property.get || property.set)
      return reason(`the store's ${name} is a getter, or not its own`);
  }
  if (typeof store.prefix !== 'string') return reason("the store's prefix is not a string");
  if (serializer ? store.serializer !== JSON : 'serializer' in store)
    return reason('the store has a serializer of its own');
  if (!isParsing() || !NATIVE_PARSE.test(textOf(parse))) return reason('JSON.parse has been replaced');
  return undefined;
}

/**
 * Why look-ups go through the store for good, as `authorizer.backend.reason` says it, and what to do about it.
 * @param {string} [remedy] - what helps beside the option redis
 */
function reason(why, remedy) {
  return `${why}: ${remedy ? `${remedy}, or ` : ''}give the option redis (a URL)`;
}

module.exports = { whyUnknown, reason };
