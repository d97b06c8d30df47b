'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { nodeRedis } = require('./contenders');
const { ANONYMOUS } = require('./sessions');

const VISITS = 1000;

/**
 * Checks a contender before it is timed: a valid cookie gives the right user, a forged or missing one is refused. This
 * package must not query Redis for a forged cookie.
 *
 * @param {(cookie: string) => object} socketOf - makes a socket
 * @returns {Promise<number>} Redis look-ups for each forged cookie
 */
async function check({ role }, middleware, visitors, url, socketOf) {
  const visit = visitsOf(middleware, socketOf);
  const some = visitors.slice(0, VISITS);
  await Promise.all(some.map((visitor) => mustAccept(visit, visitor)));
  await mustRefuse(visit, ANONYMOUS);
  // An audit that a valid cookie has started reads Redis a little later.
  await sleep(100);

  const client = await nodeRedis(url);
  await client.configResetStat();
  await Promise.all(some.map(({ forged }) => mustRefuse(visit, forged)));
  const lookUps = await lookUpsSeen(client);
  await client.close();
  if (role === 'ours') assert.equal(lookUps, 0, 'asks Redis about forged cookies');
  return lookUps / some.length;
}

async function mustAccept(visit, { user, valid }) {
  const { error, request } = await visit(valid);
  assert.equal(error, undefined, 'refuses a good cookie');
  assert.equal(request.user.id, user, 'found the wrong user');
}

async function mustRefuse(visit, cookie) {
  const { error } = await visit(cookie);
  assert.ok(error instanceof Error, 'lets in who has no session');
}

function visitsOf(middleware, socketOf) {
  return (cookie) => {
    const socket = socketOf(cookie);
    return new Promise((resolve) => {
      middleware(socket, (error) => resolve({ error, request: socket.request }));
    });
  };
}

/** GETs and MGETs since the statistics were reset. */
async function lookUpsSeen(client) {
  const statistics = await client.info('commandstats');
  const calls = [...statistics.matchAll(/^cmdstat_m?get:calls=(\d+)/gm)].map(([, count]) => Number(count));
  return calls.reduce((sum, count) => sum + count, 0);
}

module.exports = { check };
