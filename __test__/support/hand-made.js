'use strict';

const { authorize } = require('../..');
const { SECRET, passportOf } = require('./visit');

const SESSIONS = {
  ann: { passport: { user: 'ann' } },
  bob: { passport: { user: 'bob' } },
  stranger: { cookie: {} },
  loggedOut: { passport: {} },
};

/** An authorizer over a store in this process. */
function handMade(options) {
  const store = { get: (sid, done) => done(null, SESSIONS[sid]) };
  return authorize({ secret: SECRET, store, passport: passportOf(), ...options });
}

module.exports = { SESSIONS, handMade };
