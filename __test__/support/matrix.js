'use strict';

const { openStore, openStoreOfItsOwn } = require('./stores');

/** Without a client, majors 1 to 3 create one, from the node-redis that they depend on (0.10, 0.12, 2.8). */
const OWN = 'its own client';

const IOREDIS = ['ioredis 3', 'ioredis 4', 'ioredis 5', 'ioredis 6', 'iovalkey'];
/** Clients with callbacks that are event emitters: connect-redis 1 to 3 listen for their errors. */
const EMITTERS = ['node-redis 2', 'node-redis 3', 'node-redis 4 in legacyMode', ...IOREDIS];
/** Wrappers that hide their client. */
const LEGACY = ['node-redis 5 .legacy()', 'node-redis 6 .legacy()'];
const PROMISING = ['node-redis 4', 'node-redis 5', 'node-redis 5 pool', 'node-redis 6', 'node-redis 6 pool'];

/**
 * The clients that each major of connect-redis works with. Other combinations do not work in the app itself: majors 1 to 6
 * wait for ever for a client with promises, or lack its `setex`; for 7 and later, a client with callbacks always finds
 * nothing.
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

/** These hide their client. */
const HIDING = new Set([7, 8]);
/** These write with the syntax of node-redis 5, which ioredis refuses. Reading through ioredis works. */
const READING_IOREDIS = new Set([9, 10]);

/** Each store and each client at least once, and each kind of look-up. */
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
 * @property {'redis' | 'store'} kind - who answers the look-ups in the end
 * @property {RegExp} [reason] - why the store answers
 * @property {(settings: object) => Promise<object>} open - the store as `openStore` does
 * @property {(settings: object) => Promise<object>} openWriter - a store that can write, if that of `open` cannot
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
  // node-redis 0.10 does not show its address as later versions do.
  const isUnknown = LEGACY.includes(client) || (version === 1 && client === OWN);
  return isUnknown ? /none that is known/ : undefined;
}

module.exports = { COMBINATIONS, DIAGONAL };
