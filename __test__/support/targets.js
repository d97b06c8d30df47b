'use strict';

const assert = require('node:assert/strict');
const { detectClient } = require('../../lib/redis/clients');

/** The whole of a derived target, from what is not empty in it. */
function target({ nodes, sentinel, ...parts }) {
  return {
    nodes: nodes.map((node) => ({ url: null, host: null, port: null, path: null, ...node })),
    cluster: false,
    sentinel: sentinel ? { username: null, password: null, tls: null, ...sentinel } : null,
    username: null,
    password: null,
    db: 0,
    tls: null,
    clientName: null,
    ...parts,
  };
}

/**
 * A client is derived to lead to `expected`; user and password may be there or in its credentials provider.
 * @param {object} expected - as `target` takes it, and `keyPrefix`
 */
async function assertLeadsTo(client, { keyPrefix = '', ...expected }, message) {
  const { target: found, credentials, keyPrefix: foundPrefix, ...reasons } = await detectClient(client);
  assert.deepEqual(reasons, {}, message);
  const { username, password } = (await credentials?.()) ?? found;
  assert.deepEqual(
    { ...found, username: username ?? null, password: password ?? null },
    target(expected),
    message,
  );
  assert.deepEqual(foundPrefix, keyPrefix, message);
}

/** A client is not derived, for a reason that the pattern describes. */
async function assertNotFollowed(client, pattern) {
  const { unsupported, target: found } = await detectClient(client);
  assert.equal(found, undefined, `followed, although it should be: ${pattern}`);
  assert.match(unsupported, pattern);
}

/** Nodes from `host:port`. */
function nodesAt(...addresses) {
  return addresses.map((address) => {
    const [host, port] = address.split(':');
    return { host, port: port ? Number(port) : null };
  });
}

module.exports = { target, assertLeadsTo, assertNotFollowed, nodesAt };
