'use strict';

const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const Redis = require('ioredis');
const { prove } = require('./proof');
const { sessionOf, storeOf } = require('./stores');
const { cookieOf, visit } = require('./visit');

/**
 * Has a test answer the GET of a client itself: nothing of it can be seen from outside, as of a class that a monitoring agent
 * has patched before. `client.intercept(key, command, send)`, where there is one, gets each GET.
 */
for (const { prototype } of [Redis, Redis.Cluster]) {
  const { sendCommand } = prototype;
  prototype.sendCommand = function (command, ...rest) {
    const send = () => sendCommand.call(this, command, ...rest);
    if (command.name !== 'get' || !this.intercept) return send();
    this.intercept(String(command.args[0]).replace(/^.*:/, ''), command, send);
    return command.promise;
  };
}

/** A store of connect-redis 6 over such a client; closed with the test. */
async function openControlled(t, { host, port }) {
  return open(t, new Redis({ host, port }));
}

/** The same over a Redis Cluster. */
async function openControlledCluster(t, nodes) {
  return open(t, new Redis.Cluster(nodes.map(({ host, port }) => ({ host, port }))));
}

async function open(t, client) {
  client.on('error', () => {});
  await once(client, 'ready');
  t.after(() => client.disconnect());
  return { client, store: storeOf(6, { client }) };
}

/**
 * Look-ups of this user become native, and the first audit has ended: for a second, nothing but what a test does itself
 * asks the store.
 */
async function proveQuietly(authorizer, client, user) {
  await prove(authorizer, user, user);
  let audit;
  client.intercept = (_key, command, send) => {
    send();
    audit = command.promise;
  };
  while (!audit) {
    await visit(authorizer, cookieOf(user));
    await sleep(5);
  }
  await audit;
  client.intercept = undefined;
  // The addon answers in turn, so that it has answered the audit too.
  for (let i = 0; i < 3; i++) await visit(authorizer, cookieOf(user));
}

/** The text of a session that is logged in. */
function textOf(user) {
  return JSON.stringify(sessionOf(user));
}

module.exports = { openControlled, openControlledCluster, proveQuietly, textOf };
