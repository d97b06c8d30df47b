'use strict';

const assert = require('node:assert/strict');
const { admitAll } = require('./failover');
const { authorizerOf, prove } = require('./proof');
const { newSession } = require('./stores');

/** An authorizer over an opened store, proven with a session of the store's own making, then native for all these. */
async function nativeFor(t, { store, options }, users) {
  const sid = await newSession(store);
  const authorizer = authorizerOf(t, options);
  await prove(authorizer, sid, sid);
  await admitAll(authorizer, users);
  assert.equal(authorizer.backend.kind, 'redis');
  return authorizer;
}

/** As a monitoring agent does it: the same answers, by another function. */
function patchGet(client) {
  const { get } = client;
  client.get = function (...args) {
    return get.apply(this, args);
  };
}

module.exports = { nativeFor, patchGet };
