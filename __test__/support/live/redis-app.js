'use strict';

const assert = require('node:assert/strict');
const { openStore } = require('../stores');
const { startLive, until } = require('./app');

/** An app whose sessions a connect-redis store writes; watched through it, or by the option redis. */
async function startOver(
  t,
  redis,
  { isOption, isProven = !isOption, options, client = 'node-redis 6', ...setup } = {},
) {
  const opened = await openStore(client.startsWith('ioredis') ? 6 : 9, client, {
    host: '127.0.0.1',
    port: redis.port,
  });
  t.after(() => opened.close());
  const where = isOption ? { store: undefined, redis: redis.url } : {};
  // Long enough that no poll helps.
  const app = await startLive(t, {
    ...setup,
    store: opened.store,
    options: { recheckEvery: 600_000, ...where, ...options },
  });
  if (isProven) await prove(app);
  return { ...app, ...opened };
}

/** The first look-ups go to the store. */
async function prove(app) {
  const before = app.authorizer.stats().watch?.sockets;
  const cookie = await app.logIn({ id: 0, name: 'prover' });
  for (let i = 0; app.authorizer.backend.kind !== 'redis'; i++) {
    assert.ok(i < 100, app.authorizer.backend.reason);
    const { socket } = await app.visit(cookie);
    socket.close();
  }
  await until(() => app.authorizer.stats().watch?.sockets === before);
}

module.exports = { prove, startOver };
