'use strict';

/**
 * What the clients send, and how many at a time.
 *
 * @typedef {{ key: string, name: string, kind: 'valid' | 'forged' | 'unknown' | 'none', inFlight: number }} Mode
 */

/** @type {Mode[]} */
const modes = [
  { key: 'valid-1', name: '1 in flight', kind: 'valid', inFlight: 1 },
  { key: 'valid-64', name: '64 in flight', kind: 'valid', inFlight: 64 },
  { key: 'valid-1024', name: '1,024 in flight', kind: 'valid', inFlight: 1024 },
  { key: 'forged-64', name: 'forged', kind: 'forged', inFlight: 64 },
  { key: 'unknown-64', name: 'unknown', kind: 'unknown', inFlight: 64 },
  { key: 'none-64', name: 'none', kind: 'none', inFlight: 64 },
];

module.exports = { modes };
