'use strict';

const { areAllUsual, userOf } = require('../user');
const { socketsOf } = require('./targets');

/** A function of the app that looks at each user. */
class Predicate {
  #test;

  /** @param {(user: any) => unknown} test */
  constructor(test) {
    this.#test = test;
  }

  filter({ list, namespaces }) {
    const matches = [];
    for (const sockets of list ? [list] : namespaces.map(socketsOf)) filterInto(matches, sockets, this.#test);
    return matches;
  }

  count(source) {
    return this.filter(source).length;
  }
}

/**
 * Adds the sockets whose user passes the test. Users are in `socket.request.user` nearly always; a loop that looks only
 * there takes about as long as a bare one, and one that asks `userOf` of each socket up to twice as long. So does one loop
 * for arrays and iterators alike, since the compiler then knows neither.
 */
function filterInto(matches, sockets, test) {
  if (!areAllUsual()) filterAny(matches, sockets, test);
  else if (Array.isArray(sockets)) filterArray(matches, sockets, test);
  else filterIterable(matches, sockets, test);
}

function filterArray(matches, sockets, test) {
  for (let i = 0; i < sockets.length; i++) {
    const socket = sockets[i];
    const user = socket?.request?.user;
    if (user === undefined ? isMatch(socket, test) : test(user)) matches.push(socket);
  }
}

function filterIterable(matches, sockets, test) {
  for (const socket of sockets) {
    const user = socket?.request?.user;
    if (user === undefined ? isMatch(socket, test) : test(user)) matches.push(socket);
  }
}

function filterAny(matches, sockets, test) {
  for (const socket of sockets) if (isMatch(socket, test)) matches.push(socket);
}

function isMatch(socket, test) {
  const user = userOf(socket);
  return user !== undefined && test(user);
}

module.exports = { Predicate, filterInto };
