'use strict';

/**
 * The user of a socket. An authorizer puts its user on the request, as the original does. But all namespaces of a client
 * share that request, so it shows the last decision of them all. Each socket therefore also remembers its own decision, in
 * a symbol property of the socket: the user itself is the app's, may be frozen, and may be no object at all.
 */

/** One property of the request that holds users: the option `userProperty`. */
class UserProperty {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    /** On a socket: undefined before a decision, null for a guest, else the user, or the guest that `fail` has made. */
    this.remembered = Symbol(`passport-socketio-native: ${name}`);
    /** On a socket: what the option `share` has put into its `data`. */
    this.shared = Symbol(`passport-socketio-native: shared ${name}`);
    /** On a socket: how the authorizer that was asked last about it reads its session id (a Reading of request.js). */
    this.reading = Symbol(`passport-socketio-native: reading ${name}`);
    /** By socket, the guest that `fail` has put on its request: they may look like a user. */
    this.guests = new WeakMap();
    /** On a request: what an authorizer has put there. */
    this.shown = newShown();
  }
}

/** The base of a class whose private members are put on an existing object. */
function Given(object) {
  return object;
}

/**
 * Notes on a request which user, or that a guest, was put there last. The note is a private member: code that copies or
 * compares the request does not see it. It costs 5 ns; a hidden property costs 140, a WeakMap 570.
 */
function newShown() {
  return class Shown extends Given {
    #user;

    /** @param {unknown} user - null for a guest */
    static put(data, user) {
      if (!(#user in data)) new Shown(data);
      data.#user = user;
    }

    /** @returns {unknown} undefined where nothing was put */
    static on(data) {
      return #user in data ? data.#user : undefined;
    }
  };
}

/** The default, and nearly always the only one. */
const usual = new UserProperty('user');
const userProperties = [usual];
/** The hot loop of a predicate reads this symbol; as a constant it costs no look-up. */
const USUAL_REMEMBERED = usual.remembered;
/** Stands for the user of a guest while its request shows the user of another socket. */
const GUEST = Object.freeze({ logged_in: false });

/** The UserProperty of this name, the same one for all authorizers. */
function userPropertyOf(name) {
  let userProperty = userProperties.find((each) => each.name === name);
  if (userProperty === undefined) userProperties.push((userProperty = new UserProperty(name)));
  return userProperty;
}

/** Whether every authorizer uses the property `user`. */
function areAllUsual() {
  return userProperties.length === 1;
}

/**
 * A socket is about to be authorized. The property is added now: V8 learns the size of sockets from the first few, and a
 * property that is added later goes into an array beside the object (40 bytes instead of 8).
 */
function announce(socket, userProperty) {
  if (userProperty.remembered in socket) return;
  socket[userProperty.remembered] = undefined;
  socket[userProperty.reading] = undefined;
}

/**
 * Puts a guest there until the user is known. A user that was put there for another namespace stays until this attempt is
 * decided: the app reads the same request, and would see a guest meanwhile.
 */
function expectUser(data, userProperty) {
  const shown = data[userProperty.name];
  if (!shown || shown !== userProperty.shown.on(data)) showGuest(data, userProperty);
}

/** Authorized: the user goes on the request, with `logged_in`, and is remembered on the socket. */
function putUser(socket, data, userProperty, user) {
  data[userProperty.name] = user;
  userProperty.shown.put(data, user);
  try {
    user.logged_in = true;
  } catch {
    // The user is frozen, a string, or has a getter. The original runs in sloppy mode, and goes on too.
  }
  if (socket) socket[userProperty.remembered] = user;
}

/**
 * `success` has let the user in, and may have replaced the object on the request: that one counts then. It does not count
 * where another namespace was decided while `success` was waiting: the request shows that decision.
 */
function adoptUser(socket, data, userProperty, user) {
  if (userProperty.shown.on(data) === user && data[userProperty.name]) adoptShown(socket, data, userProperty);
}

/**
 * There is no user, on the socket or on the request. A guest that `fail` itself has put on the request stays, and is
 * remembered on the socket.
 * @param {unknown} [before] - what the request showed when `fail` was called
 */
function putGuest(socket, data, userProperty, before) {
  const shown = data[userProperty.name];
  if (before !== undefined && shown && shown !== before && !isOurs(data, userProperty)) {
    adoptShown(socket, data, userProperty);
    if (socket) userProperty.guests.set(socket, shown);
    return;
  }
  if (userProperty.shown.on(data) !== null || !isOurs(data, userProperty)) showGuest(data, userProperty);
  if (socket) socket[userProperty.remembered] = null;
}

/** What the app has put on the request is the decision for this socket. */
function adoptShown(socket, data, userProperty) {
  const shown = data[userProperty.name];
  userProperty.shown.put(data, shown);
  if (socket) socket[userProperty.remembered] = shown;
}

/** Whether the request shows the decision for some socket, and not what the app has put there since. */
function isOurs(data, userProperty) {
  const shown = data[userProperty.name];
  const last = userProperty.shown.on(data);
  return last === null ? shown?.logged_in === false : shown === last;
}

function showGuest(data, userProperty) {
  data[userProperty.name] = { logged_in: false };
  userProperty.shown.put(data, null);
}

/**
 * The request of a socket, or the handshake data of Socket.IO 0.9. Hand-made sockets of unit tests may have it only where
 * the original reads it: in `conn`, beside a handshake.
 */
function dataOf(socket) {
  return socket?.request ?? (socket?.handshake && socket.conn?.request) ?? socket?.handshake;
}

/**
 * The user of a socket in one property: what the request shows, unless that is the decision for another socket.
 * @returns {unknown} undefined where there is none
 */
function userAt(socket, data, userProperty) {
  const shown = data[userProperty.name];
  const own = socket[userProperty.remembered];
  if (own === undefined || own === shown || shown === undefined) return shown;
  if (own === null) return shown === userProperty.shown.on(data) ? GUEST : shown;
  return isOurs(data, userProperty) ? own : shown;
}

/** Whether the user of a socket in one property came of a session. */
function isLoggedIn(socket, userProperty) {
  try {
    const data = dataOf(socket);
    const user = data && userAt(socket, data, userProperty);
    return user != null && user.logged_in !== false && user !== userProperty.guests.get(socket);
  } catch {
    // A getter of the app throws.
    return false;
  }
}

/**
 * What the request and the socket show now.
 * @returns {() => void} shows that again
 */
function keepShown(socket, data, { name, shown, remembered }) {
  const before = { user: data[name], last: shown.on(data), own: socket[remembered] };
  return () => {
    data[name] = before.user;
    shown.put(data, before.last);
    socket[remembered] = before.own;
  };
}

/**
 * All users of a socket: one for each property in which an authorizer let it in. A guest counts where there is no user.
 * @returns {unknown[]} empty where there is neither
 */
function usersOf(socket) {
  if (isRemote(socket)) return sharedBy(socket);
  const data = dataOf(socket);
  if (typeof data !== 'object' || data === null) return [];
  const users = [];
  let guest;
  for (const userProperty of userProperties) {
    const own = socket[userProperty.remembered];
    if (own === undefined) continue;
    const user = userAt(socket, data, userProperty);
    if (own === null) guest ??= user;
    else if (user !== undefined) users.push(user);
  }
  if (users.length === 0) users.push(guest ?? shownBy(data));
  return users[0] === undefined ? [] : users;
}

/** A `RemoteSocket` of Socket.IO 4, from `fetchSockets()`: it is on another node, and has no request. */
function isRemote(socket) {
  if (socket == null || socket.request !== undefined || socket.conn !== undefined) return false;
  return typeof socket.data === 'object' && socket.data !== null;
}

/** The users in the data of a socket, where the option `share` puts them. */
function sharedBy({ data }) {
  return userProperties.map(({ name }) => data[name]).filter((user) => user !== undefined);
}

/**
 * The user of a socket that no authorizer has seen: its namespace has none, or its request was authorized before the
 * socket existed (`allowRequest`, Socket.IO 0.9).
 */
function shownBy(data) {
  if (userProperties.length === 1) return data.user;
  const other = userProperties.findLast((each) => each !== usual && isAuthorized(data, each));
  return other && !isAuthorized(data, usual) ? data[other.name] : data.user;
}

function isAuthorized(data, { shown }) {
  return shown.on(data) !== undefined;
}

/** Whether a socket has at most one user, in this property. */
function isOnlyUser(socket, userProperty) {
  if (userProperties.length === 1) return true;
  return userProperties.every((each) => each === userProperty || !socket[each.remembered]);
}

module.exports = {
  USUAL_REMEMBERED,
  adoptUser,
  announce,
  areAllUsual,
  dataOf,
  expectUser,
  isLoggedIn,
  isOnlyUser,
  keepShown,
  userPropertyOf,
  putGuest,
  putUser,
  userAt,
  usersOf,
};
