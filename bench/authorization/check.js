'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { connect, usageOf } = require('../support/redis');
const { shuffled } = require('../support/numbers');
const { FakeSocket } = require('./sockets');
const { kinds, visitorsOf } = require('./visitors');

const VISITS = 1000;

/**
 * Checks a contender before it is timed: each visitor with a session gets their own user, and no other visitor is let in.
 * All come at once, in a random order, so that answers to the wrong one would show. This package must not ask Redis about a
 * forged cookie.
 *
 * @param {import('../contenders').Contender} contender
 * @param {(socket: object, next: Function) => void} middleware
 * @param {number} sessions - that exist
 * @returns {Promise<{ readsPerForged: number }>} Redis look-ups for each forged cookie
 */
async function check({ role, isToken }, middleware, { sessions, url, namespace }) {
  if (role === 'no-auth') return { readsPerForged: 0 };
  const count = Math.min(VISITS, sessions);
  const all = kinds.flatMap((kind) => visitorsOf(kind, { count, isToken }));
  await Promise.all(shuffled(all).map((visitor) => mustDecide(middleware, visitor, namespace)));
  // An audit that a valid cookie has started reads Redis a little later.
  await sleep(100);

  const client = await connect(url);
  const before = await usageOf(client);
  const forged = visitorsOf('forged', { count, isToken });
  await Promise.all(forged.map((visitor) => mustDecide(middleware, visitor, namespace)));
  const after = await usageOf(client);
  await client.close();
  const reads = after.reads - before.reads;
  if (role === 'ours') assert.equal(reads, 0, 'asks Redis about forged cookies');
  return { readsPerForged: reads / count };
}

async function mustDecide(middleware, visitor, namespace) {
  const socket = new FakeSocket(visitor, namespace);
  const error = await new Promise((resolve) => middleware(socket, resolve));
  if (visitor.key === undefined) {
    assert.ok(error instanceof Error, `lets in who has no session: ${visitor.cookie}`);
  } else {
    assert.equal(error, undefined, 'refuses a good cookie');
    assert.equal(socket.request.user.id, visitor.key, 'found the wrong user');
  }
}

module.exports = { check };
