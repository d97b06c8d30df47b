'use strict';

// Namespaces that are decided at the same time for one client, whose request they share: each socket keeps what was decided
// for it, whatever `success` and `fail` of the others put on the request meanwhile.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorize, filterSocketsByUser } = require('..');
const { FakeNamespace, enter } = require('./support/index-sockets');
const { SECRET, cookieOf, passportOf } = require('./support/visit');

const STORE = { get: (sid, done) => done(null, { passport: { user: sid } }) };
const nobody = passportOf((key, done) => done(null, false));

/** Two namespaces of one client, one authorizer each; what a predicate is shown there. */
function stage() {
  const request = { headers: { cookie: cookieOf('ann') } };
  const [chat, news] = [new FakeNamespace('/chat'), new FakeNamespace('/news')];
  const come = (nsp, options) => {
    const socket = { id: nsp.name, nsp, request };
    authorize({ secret: SECRET, store: STORE, passport: passportOf(), timeout: 500, ...options })(
      socket,
      () => {},
    );
    return socket;
  };
  const usersIn = (nsp) => {
    const seen = [];
    filterSocketsByUser(nsp, (user) => seen.push(user));
    return seen;
  };
  return { request, chat, news, come, usersIn };
}

test('a success that waits while another namespace begins keeps its user', () => {
  const { chat, news, come, usersIn } = stage();
  let accept;
  const socket = come(chat, {
    success(data, given) {
      data.user = { ...data.user, profile: true };
      accept = given;
    },
  });
  // The request begins anew with a guest, for that one's sake.
  come(news, { store: { get() {} } });
  accept();
  enter(socket);
  assert.deepEqual(usersIn(chat), [{ id: 'ann', logged_in: true }]);
});

test('a success that waits does not take what another one has put there for its own', () => {
  const { chat, news, come, usersIn } = stage();
  let accept;
  const socket = come(chat, { success: (data, given) => (accept = given) });
  enter(
    come(news, {
      success(data, given) {
        data.user = { id: 'profile of another' };
        given();
      },
    }),
  );
  accept();
  enter(socket);
  assert.deepEqual(usersIn(chat), [{ id: 'ann', logged_in: true }]);
  assert.deepEqual(usersIn(news), [{ id: 'profile of another' }]);
});

test('a guest with a name, whom fail of another namespace has made, is not the user of this one', () => {
  for (const options of [
    { passport: nobody },
    {
      success() {
        throw new Error('banned');
      },
    },
  ]) {
    const { chat, news, come, usersIn } = stage();
    enter(come(chat));
    const fail = (data, message, critical, accept) => {
      data.user = { guest: 7 };
      accept();
    };
    enter(come(news, { ...options, fail }));
    assert.deepEqual(usersIn(chat), [{ id: 'ann', logged_in: true }]);
    assert.deepEqual(usersIn(news), [{ guest: 7 }]);
  }
});

test('whom a fail that waited lets in is a guest, also where another namespace has let in a user meanwhile', () => {
  for (const options of [
    { passport: nobody },
    {
      success() {
        throw new Error('banned');
      },
    },
  ]) {
    const { request, chat, news, come, usersIn } = stage();
    let accept;
    const fail = (data, message, critical, given) => (accept = given);
    const socket = come(chat, { ...options, fail });
    enter(come(news));
    accept();
    enter(socket);
    // The request shows the last decision.
    assert.deepEqual(request.user, { logged_in: false });
    assert.deepEqual(usersIn(chat), [{ logged_in: false }]);
    assert.deepEqual(usersIn(news), [{ id: 'ann', logged_in: true }]);
  }
});
