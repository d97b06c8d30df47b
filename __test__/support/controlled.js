'use strict';

const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const Redis = require('ioredis');
const { prove } = require('./proof');
const { sessionOf, storeOf } = require('./stores');
const { cookieOf, visit } = require('./visit');

/**
 * Lets a test answer each GET of a client, by `client.intercept(key, command, send)`. The patch is not visible on the client,
 * like that of a monitoring agent that has patched the class before.
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
 * Makes look-ups of this user native, and waits for the end of the first audit. For the next second, only the test itself
 * causes queries to the store.
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
  // The addon answers in order, so after these it has answered the audit too.
  for (let i = 0; i < 3; i++) await visit(authorizer, cookieOf(user));
}

/** The text of a session that is logged in. */
function textOf(user) {
  return JSON.stringify(sessionOf(user));
}

module.exports = { openControlled, openControlledCluster, proveQuietly, textOf };
