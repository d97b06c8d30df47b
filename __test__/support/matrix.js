'use strict';

const { openStore, openStoreOfItsOwn } = require('./stores');

/** Majors 1 to 3 make one, of the node-redis that they bring (0.10, 0.12, 2.8), where they are given none. */
const OWN = 'its own client';

const IOREDIS = ['ioredis 3', 'ioredis 4', 'ioredis 5', 'ioredis 6', 'iovalkey'];
/** What answers by callback and is an event emitter: connect-redis 1 to 3 listen for its errors. */
const EMITTERS = ['node-redis 2', 'node-redis 3', 'node-redis 4 in legacyMode', ...IOREDIS];
/** Views of a client that hide it. */
const LEGACY = ['node-redis 5 .legacy()', 'node-redis 6 .legacy()'];
const PROMISING = ['node-redis 4', 'node-redis 5', 'node-redis 5 pool', 'node-redis 6', 'node-redis 6 pool'];

/**
 * Which clients each major of connect-redis works with. What is not here does not work in the app itself:
 * majors 1 to 6 wait for ever for a client that answers with promises, or miss its `setex`; 7 and later take
 * one that answers by callback for one that found nothing.
 */
const ACCEPTED = {
  1: [OWN, ...EMITTERS],
  2: [OWN, ...EMITTERS],
  3: [OWN, ...EMITTERS],
  4: [...EMITTERS, ...LEGACY],
  5: [...EMITTERS, ...LEGACY],
  6: [...EMITTERS, ...LEGACY],
  7: [...PROMISING, ...IOREDIS],
  8: [...PROMISING, ...IOREDIS],
  9: [...PROMISING, ...IOREDIS],
  10: [...PROMISING, ...IOREDIS],
};

/** These hide the client that they are given. */
const HIDING = new Set([7, 8]);
/** These write as node-redis 5 takes it, which ioredis refuses; they read through it all the same. */
const READING_IOREDIS = new Set([9, 10]);

/** At least each store and each client once, and each way that look-ups can go. */
const DIAGONAL = new Set([
  'connect-redis 1, its own client',
  'connect-redis 1, node-redis 2',
  'connect-redis 2, node-redis 3',
  'connect-redis 3, ioredis 3',
  'connect-redis 4, ioredis 4',
  'connect-redis 5, node-redis 4 in legacyMode',
  'connect-redis 5, node-redis 5 .legacy()',
  'connect-redis 6, ioredis 5',
  'connect-redis 6, node-redis 6 .legacy()',
  'connect-redis 6, node-redis 6 .legacy(), option client',
  'connect-redis 7, node-redis 4',
  'connect-redis 7, node-redis 4, option client',
  'connect-redis 8, ioredis 6',
  'connect-redis 8, ioredis 6, option client',
  'connect-redis 8, node-redis 5 pool, option client',
  'connect-redis 9, node-redis 5',
  'connect-redis 10, node-redis 6',
  'connect-redis 10, node-redis 6 pool',
  'connect-redis 10, iovalkey',
]);

/**
 * Every combination of a connect-redis store and a Redis client that exists.
 * @typedef {object} Combination
 * @property {string} name
 * @property {number} version - the major of connect-redis
 * @property {string} client - a name of CLIENTS
 * @property {boolean} option - whether the client is given to authorize() too
 * @property {'redis' | 'store'} kind - how look-ups go in the end
 * @property {RegExp} [reason] - why they go through the store
 * @property {(settings: object) => Promise<object>} open - the store as `openStore` does
 * @property {(settings: object) => Promise<object>} openWriter - one that can write, where `open`'s cannot
 */

/** @type {Combination[]} */
const COMBINATIONS = Object.entries(ACCEPTED).flatMap(([version, clients]) =>
  clients.flatMap((client) => combinationsOf(Number(version), client)),
);

function combinationsOf(version, client) {
  const hidden = HIDING.has(version) || LEGACY.includes(client);
  return (hidden ? [false, true] : [false]).map((option) => combination(version, client, option));
}

function combination(version, client, option) {
  const reason = option ? undefined : whyStore(version, client);
  const cannotWrite = READING_IOREDIS.has(version) && IOREDIS.includes(client);
  return {
    name: `connect-redis ${version}, ${client}${option ? ', option client' : ''}`,
    version,
    client,
    option,
    kind: reason ? 'store' : 'redis',
    reason,
    open: (settings) =>
      client === OWN ? openStoreOfItsOwn(version, settings) : openStore(version, client, settings),
    openWriter: cannotWrite && ((settings) => openStore(version, 'node-redis 6', settings)),
  };
}

function whyStore(version, client) {
  if (HIDING.has(version)) return /option client/;
  // node-redis 0.10 does not say where it is connected as later ones do.
  const isUnknown = LEGACY.includes(client) || (version === 1 && client === OWN);
  return isUnknown ? /none that is known/ : undefined;
}

module.exports = { COMBINATIONS, DIAGONAL };
