'use strict';

const cluster = require('node:cluster');
const { quoted } = require('../../diagnostics/words');
const { OUTCOME, outcomes } = require('../../outcomes');

/** A session that is not where it is looked for, or that is no readable session. */

const EMPTY =
  'This MemoryStore holds no session at all: give authorize() the very object that express-session has as store. It also loses ' +
  'all sessions when the process restarts.';
const OF_ONE_WORKER =
  'A MemoryStore knows the sessions of its own process, and this process is one of several (a worker of a cluster, or of pm2): use ' +
  'a store that all of them share, such as connect-redis.';
const FORGETFUL = 'A MemoryStore loses all sessions when the process restarts.';
const SERIALIZER =
  "The option redis reads JSON as connect-redis writes it. If the app's store has a serializer of its own, which compresses or encrypts, " +
  'give that store as the option store, and no redis.';
const NO_SERIALIZER =
  'Something other than this store wrote it, or the store has another serializer than the one that wrote it.';

/**
 * Where the session was looked for. Its id is not told: it gives access to the session.
 * @param {import('./index').Refusal} refusal
 */
function whyNotFound({ outcome, authorizer }) {
  const { backend, verifier, options } = authorizer;
  const { kind, address } = backend.description;
  const { hint } = outcomes[outcome];
  const prefix = `the prefix ${quoted(verifier.keysBegin)}`;
  if (kind === 'redis') return `${hint} It was looked for in ${address}, with ${prefix}.`;
  const name = options.store.constructor?.name ?? 'a class without a name';
  const withPrefix = options.store.prefix === undefined ? '' : `, with ${prefix}`;
  const where = `${hint} It was looked for through the option store (${quoted(name)}${withPrefix}).`;
  return name === 'MemoryStore' ? `${where} ${onMemory(options.store)}` : where;
}

function onMemory({ sessions }) {
  // pm2 numbers the processes of an app also where they are no workers of node:cluster. 0 may be the only one.
  if (cluster.isWorker || Number(process.env.NODE_APP_INSTANCE) > 0) return OF_ONE_WORKER;
  return isEmpty(sessions) ? EMPTY : FORGETFUL;
}

function isEmpty(sessions) {
  if (typeof sessions !== 'object') return false;
  for (const id in sessions) if (Object.hasOwn(sessions, id)) return false;
  return true;
}

/** The stored text is not JSON, or it is JSON that holds an encrypted session. */
function whyUnreadable({ outcome, cause, authorizer }) {
  const kind = kindOf(outcome, cause);
  const isNative = authorizer.backend.description.kind === 'redis';
  if (kind === undefined) return undefined;
  const what = kind === '' ? outcomes[outcome].hint : `The stored session is no plain JSON (${kind}).`;
  return `${what} ${isNative ? SERIALIZER : NO_SERIALIZER}`;
}

/** What the addon says of the text: `not JSON (at byte 0): gzip`; '' where it is not JSON, and no more is known. */
function kindOf(outcome, cause) {
  const words = cause?.message ?? cause;
  if (outcome === OUTCOME.BAD_SESSION) return /^not JSON[^:]*: (.*)$/.exec(words)?.[1] ?? '';
  return words === 'the stored session is encrypted' ? 'encrypted' : undefined;
}

module.exports = { whyNotFound, whyUnreadable };
