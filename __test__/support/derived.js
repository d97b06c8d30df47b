'use strict';

const assert = require('node:assert/strict');
const { admitAll } = require('./failover');
const { authorizerOf, prove } = require('./proof');
const { newSession } = require('./stores');

/** An authorizer over an opened store: it is proven with a session of the store, then native for all these users. */
async function nativeFor(t, { store, options }, users) {
  const sid = await newSession(store);
  const authorizer = authorizerOf(t, options);
  await prove(authorizer, sid, sid);
  await admitAll(authorizer, users);
  assert.equal(authorizer.backend.kind, 'redis');
  return authorizer;
}

/** Patches `get` as a monitoring agent does: another function with the same answers. */
function patchGet(client) {
  const { get } = client;
  client.get = function (...args) {
    return get.apply(this, args);
  };
}

module.exports = { nativeFor, patchGet };
