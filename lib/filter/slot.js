'use strict';

const native = require('../native');

/**
 * On a socket: undefined before it is authorized, and after it has left; the Membership that awaits it, until it is
 * connected; BEING_READ while its user is; then its slot in the index.
 */
const MEMBER = Symbol('passport-socketio-native: member');
const BEING_READ = Object.freeze({});
/** In place of a slot: the socket is no member. */
const { noSlot: NO_MEMBER } = native.indexLayout();

function slotOf(socket) {
  const slot = socket?.[MEMBER];
  return typeof slot === 'number' ? slot : NO_MEMBER;
}

module.exports = { MEMBER, BEING_READ, NO_MEMBER, slotOf };
