'use strict';

/**
 * What the clients send, how many at a time, and the largest allowed ratio of this package.
 *
 * @typedef {{ name: string, cookie: 'valid' | 'forged' | 'none', inFlight: number, target?: number }} Mode
 */

/** @type {Mode[]} */
const modes = [
  { name: 'valid cookie, 1 in flight', cookie: 'valid', inFlight: 1, target: 0.2 },
  { name: 'valid cookie, 64 in flight', cookie: 'valid', inFlight: 64, target: 0.05 },
  { name: 'valid cookie, 1024 in flight', cookie: 'valid', inFlight: 1024, target: 0.05 },
  { name: 'forged cookie, 1 in flight', cookie: 'forged', inFlight: 1 },
  { name: 'forged cookie, 64 in flight', cookie: 'forged', inFlight: 64, target: 0.05 },
  { name: 'no cookie, 64 in flight', cookie: 'none', inFlight: 64 },
];

module.exports = { modes };
