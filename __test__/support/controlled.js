'use strict';

const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const Redis = require('ioredis');
const { prove } = require('./proof');
const { sessionOf, storeOf } = require('./stores');
const { cookieOf, visit } = require('./visit');

/**
 * Clients whose GET a test answers itself: nothing of it can be seen from outside, as of a client whose class an app or a
 * monitoring agent has patched before. `intercept(key, command, send)`, where there is one, gets each GET.
 */
const Controlled = controlled(Redis);
const ControlledCluster = controlled(Redis.Cluster);

function controlled(Base) {
  return class extends Base {
    sendCommand(command, ...rest) {
      const send = () => super.sendCommand(command, ...rest);
      if (command.name !== 'get' || !this.intercept) return send();
      this.intercept(String(command.args[0]).replace(/^.*:/, ''), command, send);
      return command.promise;
    }
  };
}

/** A store of connect-redis 6 over such a client; closed with the test. */
async function openControlled(t, { host, port }) {
  return open(t, new Controlled({ host, port }));
}

/** The same over a Redis Cluster. */
async function openControlledCluster(t, nodes) {
  return open(t, new ControlledCluster(nodes.map(({ host, port }) => ({ host, port }))));
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
