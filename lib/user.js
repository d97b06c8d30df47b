'use strict';

/**
 * Under which property a user is, where that is not `user`: by socket, since the sockets of a client share one request and
 * each namespace may have an authorizer of its own; by request where there is no socket (`allowRequest`, Socket.IO 0.9).
 * Filled at authorization, so that the filter finds users of any authorizer.
 */
const properties = new WeakMap();
/** By request, where an authorizer put a user last: for namespaces that have none, being behind that of another. */
const latest = new WeakMap();
let onlyDefault = true;

/**
 * Remembers where the user will be.
 * @param {object} bearer - the socket, or else the request
 * @param {object} data - the request
 */
function noteProperty(bearer, data, property) {
  // One may be authorized again, under another property.
  if (property === 'user' && onlyDefault) return;
  properties.set(bearer, property);
  latest.set(data, property);
  onlyDefault = false;
}

/**
 * Stands in for the user until one is known. A request that comes again for another namespace keeps the user it
 * has until that is decided: the first namespace, which looks at the same request, would see a guest meanwhile.
 */
function setGuest(data, property) {
  if (data[property]?.logged_in !== true) data[property] = { logged_in: false };
}

/** Puts the user on the request, logged in. */
function setUser(data, property, user) {
  data[property] = user;
  try {
    user.logged_in = true;
  } catch {
    // A frozen user, a string, a getter: a success all the same, as in the original's sloppy mode.
  }
}

/** Refused, and so no user, also where the request had one from another namespace. */
function dropUser(data, property) {
  if (data[property]?.logged_in === true) data[property] = { logged_in: false };
}

/** The user of a socket, undefined if it has none: one of another server, or recovered without a check. */
function userOf(socket) {
  // Socket.IO 0.9 keeps its handshake data where later versions have the request.
  const data = socket?.request ?? socket?.handshake;
  if (onlyDefault || !data) return data?.user;
  const own = properties.get(socket) ?? properties.get(data);
  if (own !== undefined) return data[own];
  return data.user === undefined ? data[latest.get(data)] : data.user;
}

/** Whether every authorizer puts its users where `user` says, so that one need not be asked for each socket. */
function areAllUsual() {
  return onlyDefault;
}

module.exports = { noteProperty, setGuest, setUser, dropUser, userOf, areAllUsual };
