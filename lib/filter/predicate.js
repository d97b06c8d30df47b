'use strict';

const { areAllUsual, userOf } = require('../user');
const { joined, socketsOf } = require('./targets');

/** A function of the app that looks at each user. */
class Predicate {
  #test;

  /** @param {(user: any) => unknown} test */
  constructor(test) {
    this.#test = test;
  }

  filter({ list, namespaces }) {
    if (list) return matching(list, this.#test);
    return joined(namespaces.map((namespace) => matching(socketsOf(namespace), this.#test)));
  }

  count(source) {
    return this.filter(source).length;
  }
}

/**
 * The sockets whose user passes the test. Measured against a bare loop over 10,000: one that asks `userOf` of each socket
 * takes twice as long, and users are in `socket.request.user` nearly always; one that adds to an array which was handed in
 * a quarter more; one that looks out for null instead of catching it a tenth more, and so does one that is handed an
 * iterator; one for arrays and Maps alike takes twice as long, since the compiler then knows neither.
 * @param {Map<unknown, object> | Iterable<object>} sockets
 */
function matching(sockets, test) {
  if (!areAllUsual()) return matchingAny(sockets, test);
  if (Array.isArray(sockets)) return matchingInArray(sockets, test);
  return sockets instanceof Map ? matchingInMap(sockets, test) : matchingInArray([...sockets], test);
}

function matchingInArray(sockets, test) {
  const matches = [];
  for (let i = 0; i < sockets.length; i++) {
    const socket = sockets[i];
    let user;
    try {
      user = socket.request?.user;
    } catch {
      // No socket, which isMatch passes over; or a getter that throws there again.
    }
    if (user === undefined ? isMatch(socket, test) : test(user)) matches.push(socket);
  }
  return matches;
}

function matchingInMap(sockets, test) {
  const matches = [];
  for (const socket of sockets.values()) {
    let user;
    try {
      user = socket.request?.user;
    } catch {
      // As above.
    }
    if (user === undefined ? isMatch(socket, test) : test(user)) matches.push(socket);
  }
  return matches;
}

function matchingAny(sockets, test) {
  const matches = [];
  const all = sockets instanceof Map ? sockets.values() : sockets;
  for (const socket of all) if (isMatch(socket, test)) matches.push(socket);
  return matches;
}

function isMatch(socket, test) {
  const user = userOf(socket);
  return user !== undefined && test(user);
}

module.exports = { Predicate, matching };
