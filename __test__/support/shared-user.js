'use strict';

const assert = require('node:assert/strict');
const { FakeNamespace, admit, authorizerOf, enter, visitorOf } = require('./index-sockets');

/** A socket of Socket.IO 4 that was let in, and what it shows. */
function shared(share, user, { data = {}, ...options } = {}) {
  const authorizer = authorizerOf({ share, ...options });
  const socket = Object.assign(visitorOf(new FakeNamespace(), user), { data });
  assert.equal(admit(authorizer, socket), undefined);
  enter(socket);
  return { authorizer, socket, data: socket.data };
}

module.exports = { shared };
