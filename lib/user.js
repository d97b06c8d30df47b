'use strict';

/**
 * Under which property a request carries its user, where that is not `user`. Filled at authorization,
 * so that the filter finds users of any authorizer.
 */
const properties = new WeakMap();
let onlyDefault = true;

/** Puts the user on the request, logged in. */
function setUser(data, property, user) {
  data[property] = user;
  try {
    user.logged_in = true;
  } catch {
    // A frozen user, a string, a getter: a success all the same, as in the original's sloppy mode.
  }
  if (property === 'user') return;
  properties.set(data, property);
  onlyDefault = false;
}

/** The user of a socket, undefined if it has none: one of another server, or recovered without a check. */
function userOf(socket) {
  // Socket.IO 0.9 keeps its handshake data where later versions have the request.
  const data = socket?.request ?? socket?.handshake;
  if (onlyDefault || !data) return data?.user;
  return data[properties.get(data) ?? 'user'];
}

module.exports = { setUser, userOf };
