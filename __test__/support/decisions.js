'use strict';

const assert = require('node:assert/strict');
const { authorize } = require('../..');
const { storeOf } = require('./oracle');
const { SECRET, passportOf, visit } = require('./visit');

const SESSIONS = {
  ada: { passport: { user: 'ada' } },
  bob: { passport: { user: 'bob' } },
  stranger: { cookie: {} },
  loggedOut: { passport: {} },
};

/** An authorizer over a store with these sessions, and the last arguments of its `fail`. */
function stage(options = {}) {
  const told = [];
  const store = storeOf(SESSIONS);
  const authorizer = authorize({
    secret: SECRET,
    store,
    passport: passportOf(),
    fail(data, message, critical, accept, info) {
      told.push({ message, critical, ...info });
      accept(new Error('refused'));
    },
    ...options,
  });
  return { authorizer, store, told };
}

/** One connection: the user, or the code of the refusal. */
async function outcomeOf({ authorizer, told }, request) {
  const before = told.length;
  const { error, data } = await visit(authorizer, request);
  assert.strictEqual(told.length, before + (error ? 1 : 0));
  return error ? told[before].code : data.user.id;
}

/** A request with a session id in its query. */
const byQuery = (value, headers = {}) => ({ headers, _query: { session_id: value } });

module.exports = { SESSIONS, byQuery, outcomeOf, stage };
