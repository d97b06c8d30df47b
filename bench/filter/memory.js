'use strict';

const { SocketIndex } = require('../../lib/addon');
const { optionsFor } = require('../support/crowd');
const { collect, known, outside } = require('../support/heap');
const { admit } = require('./scene');
const { numberOf, textOf, usersOf } = require('./users');

const INDEXES = 5;

/**
 * The memory that V8 knows in a process with `count` sockets: its heap, and array buffers.
 * @param {object} settings
 * @param {number} settings.count
 * @param {boolean} settings.texts - ids of 24 characters, not numbers
 * @param {boolean} settings.isStorm - see admit
 * @param {string[]} [settings.index] - the option
 * @returns {Promise<number>} bytes a socket
 */
async function heap({ count, texts, isStorm, index }) {
  const { sids, userOf } = usersOf(count, texts ? textOf : undefined);
  // Keep a reference: otherwise it is collected before it is measured.
  const crowd = await admit(sids, { ...optionsFor(userOf), index }, isStorm);
  await collect();
  return known() / crowd.io.of('/').sockets.size;
}

/**
 * The memory of the addon for `count` members: the growth of a process that does nothing else. It makes several indexes of
 * that size, because a process grows in steps of pages and thresholds.
 * @param {{ count: number, texts: boolean }} settings
 * @returns {Promise<number>} bytes a member
 */
async function native({ count, texts }) {
  const ids = Array.from({ length: count }, (_, at) => (texts ? textOf(at) : numberOf(at)));
  const indexes = Array.from({ length: INDEXES }, () => new SocketIndex());
  await collect();
  const before = outside();
  for (const index of indexes) {
    const group = index.addGroup([index.addColumn(), index.addColumn()]);
    const enrol = index.enroller();
    for (let at = 0; at < count; at++) enrol(group, 0, ids[at], at % 10 === 0 ? 'mod' : 'user');
  }
  const grown = outside() - before;
  // Keep a reference, as above.
  return grown / indexes.reduce((members, { size }) => members + size, 0);
}

module.exports = { heap, native };
