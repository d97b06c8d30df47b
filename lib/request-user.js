'use strict';

/**
 * The users of sockets. An authorizer puts its user on the request, as the original does, but all namespaces of a client
 * share that request: there the last decision shows. So each socket also remembers what was decided for it, by us and not
 * by a property of the app's object, which may be frozen, or no object at all.
 */

/** One property of the request under which authorizers put users: the option `userProperty`. */
class Place {
  /** @param {string} property */
  constructor(property) {
    this.property = property;
    /** On a socket: undefined before a decision, null for a guest, else the user, or the guest that `fail` has made. */
    this.remembered = Symbol(`passport-socketio-native: ${property}`);
    /** What we have put on requests. */
    this.shown = newShown();
  }
}

/** As the base of a class it has the class's private members put on an object that is there already. */
function Given(object) {
  return object;
}

/**
 * Notes on a request which user was put there last, or that a guest was: as a private member, which nobody sees who copies
 * or compares the request. It takes some 5 ns, where a hidden property takes 140 and a WeakMap 570.
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

/** Nearly always the only one. */
const usual = new Place('user');
const places = [usual];
/** The symbol that the speed of a predicate depends on: as a constant it costs no look-up. */
const USUAL_REMEMBERED = usual.remembered;
/** For a socket that was let in as a guest, while its request shows the user of another one. */
const GUEST = Object.freeze({ logged_in: false });

/** The place of a property, the same for all authorizers that name it. */
function placeOf(property) {
  let place = places.find((each) => each.property === property);
  if (place === undefined) places.push((place = new Place(property)));
  return place;
}

/** Whether every authorizer puts its users where `user` says. */
function areAllUsual() {
  return places.length === 1;
}

/**
 * A socket comes to be authorized. What will be remembered gets its room now: V8 learns how large sockets are from the
 * first few; one that grows later has the property in an array beside it (40 bytes in place of 8).
 */
function announce(socket, place) {
  if (!(place.remembered in socket)) socket[place.remembered] = undefined;
}

/**
 * Stands in for the user until one is known. A user that we put there for another namespace stays until this one is
 * decided: the app, which looks at the same request, would see a guest meanwhile.
 */
function expectUser(data, place) {
  const shown = data[place.property];
  if (!shown || shown !== place.shown.on(data)) showGuest(data, place);
}

/** Authorized: the user is on the request, logged in, and is the socket's. */
function putUser(socket, data, place, user) {
  data[place.property] = user;
  place.shown.put(data, user);
  try {
    user.logged_in = true;
  } catch {
    // A frozen user, a string, a getter: a success all the same, as in the original's sloppy mode.
  }
  if (socket) socket[place.remembered] = user;
}

/**
 * `success` has let its user in, and may have put another object in its place. Not where somebody else has put anything
 * there since: another namespace may have been decided while `success` took its time.
 */
function adoptUser(socket, data, place, user) {
  if (place.shown.on(data) === user && data[place.property]) adoptShown(socket, data, place);
}

/**
 * No user: neither has the socket one now, nor does the request show one. What `fail` itself has put there for its guest
 * stays, and is the socket's.
 * @param {unknown} [before] - what the request showed when `fail` was called
 */
function putGuest(socket, data, place, before) {
  const shown = data[place.property];
  if (before !== undefined && shown && shown !== before && !isOurs(data, place)) {
    adoptShown(socket, data, place);
    return;
  }
  if (place.shown.on(data) !== null || !isOurs(data, place)) showGuest(data, place);
  if (socket) socket[place.remembered] = null;
}

/** What the app has put on the request is what was decided for this socket. */
function adoptShown(socket, data, place) {
  const shown = data[place.property];
  place.shown.put(data, shown);
  if (socket) socket[place.remembered] = shown;
}

/** Whether what the request shows was decided for some socket, and not put there by the app since. */
function isOurs(data, place) {
  const shown = data[place.property];
  const last = place.shown.on(data);
  return last === null ? shown?.logged_in === false : shown === last;
}

function showGuest(data, place) {
  data[place.property] = { logged_in: false };
  place.shown.put(data, null);
}

/**
 * The request of a socket; Socket.IO 0.9 keeps its handshake data where later versions have that. Sockets made by hand, as
 * in unit tests, may have it only where the original reads it: in `conn`, beside a handshake.
 */
function dataOf(socket) {
  return socket?.request ?? (socket?.handshake && socket.conn?.request) ?? socket?.handshake;
}

/**
 * The user of a socket at one place: what the request shows, unless that was decided for another socket.
 * @returns {unknown} undefined where there is none
 */
function userAt(socket, data, place) {
  const shown = data[place.property];
  const own = socket[place.remembered];
  if (own === undefined || own === shown || shown === undefined) return shown;
  if (own === null) return shown === place.shown.on(data) ? GUEST : shown;
  return isOurs(data, place) ? own : shown;
}

/**
 * All users of a socket: one for each place where an authorizer let it in. A guest counts where there is no user.
 * @returns {unknown[]} empty where nobody knows of any
 */
function usersOf(socket) {
  const data = dataOf(socket);
  if (typeof data !== 'object' || data === null) return [];
  const users = [];
  let guest;
  for (const place of places) {
    const own = socket[place.remembered];
    if (own === undefined) continue;
    const user = userAt(socket, data, place);
    if (own === null) guest ??= user;
    else if (user !== undefined) users.push(user);
  }
  if (users.length === 0) users.push(guest ?? shownBy(data));
  return users[0] === undefined ? [] : users;
}

/**
 * Of a socket that no authorizer has seen: it is in a namespace without one, or its request was authorized before there
 * were any sockets (`allowRequest`, Socket.IO 0.9).
 */
function shownBy(data) {
  if (places.length === 1) return data.user;
  const place = places.findLast((each) => each !== usual && isAuthorized(data, each));
  return place && !isAuthorized(data, usual) ? data[place.property] : data.user;
}

function isAuthorized(data, { shown }) {
  return shown.on(data) !== undefined;
}

/** Whether a socket has this one user at most: at this place, or nowhere. */
function isOnlyUser(socket, place) {
  if (places.length === 1) return true;
  return places.every((each) => each === place || !socket[each.remembered]);
}

module.exports = {
  USUAL_REMEMBERED,
  adoptUser,
  announce,
  areAllUsual,
  dataOf,
  expectUser,
  isOnlyUser,
  placeOf,
  putGuest,
  putUser,
  userAt,
  usersOf,
};
