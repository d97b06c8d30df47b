'use strict';

const assert = require('node:assert/strict');
const { detectClient } = require('../../lib/redis/clients');

/** A complete derived target, from its non-empty members. */
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
 * Asserts the target that is derived from a client. User and password may come from its credentials provider.
 * @param {object} expected - an argument of `target`, and `keyPrefix`
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

/** Asserts that a client cannot be followed, for a reason that matches the pattern. */
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
