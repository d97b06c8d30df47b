'use strict';

const assert = require('node:assert/strict');
const { FakeSocket } = require('./harness');
const { ANONYMOUS } = require('./sessions');

const FORGERIES = 1000;

/**
 * What is fast but wrong is not worth timing: the right user for a good cookie, no entrance for a forged
 * one or for none; and ours must not bother Redis with a forged one.
 *
 * @param {import('./contenders').Contender[]} contenders
 * @param {object} client - node-redis, to ask Redis what it was asked
 * @returns {Promise<Map<object, number>>} contender → Redis look-ups for each forged cookie
 */
async function check(contenders, visitors, client) {
  const lookUps = new Map();
  for (const contender of contenders.filter(({ role }) => role !== 'empty')) {
    await contender.settle?.(visitors[0].valid);
    for (const { user, valid } of visitors.slice(0, 100)) {
      const { error, request } = await visit(contender, valid);
      assert.equal(error, undefined, `${contender.name} refuses a good cookie`);
      assert.equal(request.user.id, user, `${contender.name} found the wrong user`);
    }
    const { error } = await visit(contender, ANONYMOUS);
    assert.ok(error instanceof Error, `${contender.name} lets in who has no cookie`);

    await client.configResetStat();
    await Promise.all(visitors.slice(0, FORGERIES).map(({ forged }) => mustRefuse(contender, forged)));
    lookUps.set(contender, (await lookUpsSeen(client)) / FORGERIES);
    if (contender.role === 'ours')
      assert.equal(lookUps.get(contender), 0, `${contender.name} asks for forged cookies`);
  }
  return lookUps;
}

async function mustRefuse(contender, forged) {
  const { error } = await visit(contender, forged);
  assert.ok(error instanceof Error, `${contender.name} lets a forged cookie in`);
}

function visit({ middleware }, cookie) {
  const socket = new FakeSocket(cookie);
  return new Promise((resolve) => {
    middleware(socket, (error) => resolve({ error, request: socket.request }));
  });
}

/** GETs and MGETs since the statistics were reset. */
async function lookUpsSeen(client) {
  const statistics = await client.info('commandstats');
  const calls = [...statistics.matchAll(/^cmdstat_m?get:calls=(\d+)/gm)].map(([, count]) => Number(count));
  return calls.reduce((sum, count) => sum + count, 0);
}

module.exports = { check };
