'use strict';

const assert = require('node:assert/strict');
const { compare } = require('../support/compare');
const { shuffled } = require('../support/numbers');
const { Process } = require('../support/process');

/**
 * Real WebSockets connect to a real Socket.IO server, as after its restart. The server is a process of its own, and so are
 * its clients. What is measured is the server's CPU, of all its threads, from the first packet until all are connected.
 *
 * @param {import('../support/scene').Scene} scene
 * @param {{ passes: number, connections: number }} settings
 */
async function storm(scene, { passes, connections }) {
  const clients = new Process('clients', 'storm/clients.js');
  const servers = scene.contenders
    .filter(({ role }) => role !== 'floor')
    .map((contender) => ({
      contender,
      process: new Process(contender.name, 'storm/server.js', [
        contender.key,
        scene.redis.url,
        scene.checkoutOf(contender),
      ]),
    }));
  try {
    const rounds = new Map();
    for (const server of servers) {
      server.port = await server.process.do('open');
      await mustRefuse(server, clients);
      // Warm.
      await oneStorm(server, clients, connections);
      rounds.set(server.contender.key, []);
    }
    for (let pass = 1; pass <= passes; pass++) {
      for (const server of shuffled(servers)) {
        rounds.get(server.contender.key).push(await oneStorm(server, clients, connections));
      }
      scene.tell(`storm, pass ${pass} of ${passes}`);
    }
    const keys = { reference: 'no-auth' };
    return {
      passes,
      connections,
      process: compare(rounds, 'process', keys),
      main: compare(rounds, 'main', keys),
    };
  } finally {
    for (const each of servers) each.process.end();
    clients.end();
  }
}

/** @returns {Promise<{ main: number, process: number }>} µs of the server's CPU for a connection */
async function oneStorm({ contender, process, port }, clients, count) {
  const { isToken, name, role } = contender;
  const before = await process.do('cpu');
  const { connected } = await clients.do('connect', { port, kind: 'valid', count, isToken });
  const { users, cpu } = await process.do('arrived', { count });
  assert.equal(connected, count, `${name}: refuses a good cookie`);
  if (role !== 'no-auth') assert.equal(users, count, `${name}: found the wrong users`);
  await leave(process, clients);
  return {
    main: (cpu.main - before.main) / 1000 / count,
    process: (cpu.process - before.process) / 1000 / count,
  };
}

/** Over the network too, nobody comes in without a session. */
async function mustRefuse({ contender: { isToken, name, role }, process, port }, clients) {
  if (role === 'no-auth') return;
  for (const kind of ['forged', 'unknown', 'none']) {
    const { connected } = await clients.do('connect', { port, kind, count: 20, isToken });
    assert.equal(connected, 0, `${name}: lets in who has no session`);
    await leave(process, clients);
  }
}

async function leave(process, clients) {
  await clients.do('leave');
  await process.do('empty');
}

module.exports = { storm };
