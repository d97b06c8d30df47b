'use strict';

const { EventEmitter } = require('node:events');
const { authorize } = require('../..');
const { SECRET, cookieOf, passportOf } = require('./visit');

const SESSIONS = { get: (sid, done) => done(null, { passport: { user: sid } }) };

/** The parts of an Engine.IO connection that an authorizer reads. */
class FakeConnection extends EventEmitter {
  protocol = 4;
  request = { headers: { cookie: cookieOf('ann') } };

  close() {
    this.emit('close', 'transport close');
  }
}

const namespaces = Array.from({ length: 2000 }, (_, i) => ({ name: `/${i}` }));

/** A socket of a namespace on a connection; `answers` collects the results of its middleware. */
function attempt(authorizer, conn, nsp, answers = []) {
  authorizer({ conn, nsp, request: conn.request }, (error) => answers.push(error?.code));
  return answers;
}

/** An authorizer over a store that answers when the test says so. */
function waiting(options) {
  const asked = [];
  const authorizer = authorize({
    secret: SECRET,
    store: { get: (sid, done) => asked.push(done) },
    passport: passportOf(),
    // A pending look-up keeps the process alive for this long.
    timeout: 500,
    ...options,
  });
  const answer = (count = asked.length) => {
    for (const done of asked.splice(0, count)) done(null, { passport: { user: 'ann' } });
  };
  return { authorizer, asked, answer };
}

module.exports = { FakeConnection, SESSIONS, attempt, namespaces, waiting };
