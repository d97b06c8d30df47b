'use strict';

/** On a socket: until it is connected, the Membership that awaits it; then its slot in the index. */
const MEMBER = Symbol('passport-socketio-native: member');
/** In place of a slot: the socket is no member. */
const NO_MEMBER = 0xffffffff;

function slotOf(socket) {
  const slot = socket?.[MEMBER];
  return typeof slot === 'number' ? slot : NO_MEMBER;
}

module.exports = { MEMBER, NO_MEMBER, slotOf };
