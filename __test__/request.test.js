'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorize, AuthorizationError } = require('..');
const { cookieOf, passportOf, visit } = require('./support/visit');

const SESSION = { passport: { user: 'alice' } };

function memory() {
  return { get: (sid, done) => done(null, sid === 'abc' ? SESSION : undefined) };
}

test('cookie and sessionID are what they were at the connection, although they are read later', async () => {
  const secret = ['new', 'old'];
  const authorizer = authorize({ secret, store: memory(), passport: passportOf() });
  const { data } = await visit(authorizer, cookieOf('abc', { secret: 'old' }));
  const { data: later } = await visit(authorizer, cookieOf('abc', { secret: 'new' }));
  secret.pop();
  const { error } = await visit(authorizer, cookieOf('abc', { secret: 'old' }));
  assert.equal(error.code, 'BAD_SIGNATURE');
  assert.equal(data.sessionID, 'abc');
  assert.deepEqual({ ...data.cookie }, { 'connect.sid': 'abc' });
  assert.equal(later.sessionID, 'abc');
});

test('cookie and sessionID are enumerable, can be copied, replaced and deleted', async () => {
  const authorizer = authorize({ secret: 'keyboard cat', store: memory(), passport: passportOf() });
  const { data } = await visit(authorizer, cookieOf('abc'));
  assert.deepEqual(Object.keys(data).sort(), [
    'cookie',
    'headers',
    'sessionID',
    'socketio_version_1',
    'user',
  ]);
  assert.equal({ ...data }.sessionID, 'abc');
  assert.equal(JSON.parse(JSON.stringify(data)).sessionID, 'abc');
  data.cookie = 'mine';
  assert.equal(data.cookie, 'mine');
  assert.equal(data.sessionID, 'abc');
  assert.deepEqual(Object.getOwnPropertyDescriptor(data, 'sessionID'), {
    value: 'abc',
    writable: true,
    enumerable: true,
    configurable: true,
  });
  delete data.sessionID;
  assert.equal('sessionID' in data, false);
});

test('a client of Socket.IO 3 or 4 gets data beside the message, an older one the message alone', async () => {
  const authorizer = authorize({ secret: 'keyboard cat', store: memory(), passport: passportOf() });
  const refused = (conn) =>
    new Promise((resolve) => authorizer({ request: { headers: {} }, ...conn }, resolve));
  for (const conn of [{ conn: { protocol: 4 } }, {}]) {
    const error = await refused(conn);
    assert.ok(error instanceof AuthorizationError);
    assert.deepEqual(error.data, { code: 'NO_COOKIE' });
  }
  for (const conn of [{ conn: { protocol: 3 } }, { conn: {} }]) {
    const error = await refused(conn);
    assert.equal(error.message, 'No session found');
    assert.equal(error.code, 'NO_COOKIE');
    assert.equal('data' in error, false);
  }
});

test('a socket without a request, as one over WebTransport, is refused', async () => {
  const authorizer = authorize({ secret: 'keyboard cat', store: memory(), passport: passportOf() });
  const error = await new Promise((resolve) => authorizer({ request: null }, resolve));
  assert.equal(error.code, 'NO_COOKIE');
});

test('a fault that the addon tells in the call has its words too', async () => {
  const native = require('../binding.js');
  const { close } = native.Lookup.prototype;
  const lookups = [];
  // The native side is closed under an authorizer that does not know of it.
  native.Lookup.prototype.submitter = ((submitter) =>
    function () {
      lookups.push(this);
      return submitter.call(this);
    })(native.Lookup.prototype.submitter);
  const authorizer = authorize({
    secret: 'keyboard cat',
    redis: 'redis://127.0.0.1:1',
    passport: passportOf(),
  });
  close.call(lookups[0]);
  const { error } = await visit(authorizer, cookieOf('abc'));
  assert.equal(error.code, 'CLOSED');
  assert.equal(error.message, 'Error in session store');
  assert.equal(error.cause.message, 'authorizer.close() was called.');
});

test('called as a middleware of Engine.IO, it says how it is to be called', () => {
  const authorizer = authorize({ secret: 'keyboard cat', store: memory(), passport: passportOf() });
  const response = { setHeader() {}, end() {} };
  assert.throws(() => authorizer({ headers: {} }, response, () => {}), {
    name: 'TypeError',
    message: /takes \(socket, next\), as io\.use calls it, or \(request, accept\), as allowRequest/,
  });
});
