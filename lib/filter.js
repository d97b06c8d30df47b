'use strict';

const { userOf } = require('./user');

/**
 * The sockets whose user the predicate accepts, in the order of the list.
 * @param {object} target - a Server or Namespace of any Socket.IO version, or any list of sockets
 * @param {(user: any) => unknown} predicate - not called for a socket without a user
 */
function filterSocketsByUser(target, predicate) {
  if (typeof predicate !== 'function') {
    throw new TypeError(
      'filterSocketsByUser(target, predicate): predicate must be a function (user) => boolean.',
    );
  }
  const matches = [];
  for (const socket of socketsOf(target)) {
    const user = userOf(socket);
    if (user !== undefined && predicate(user)) matches.push(socket);
  }
  return matches;
}

function socketsOf(target) {
  // A server's `sockets` first: the manager of 0.9 has a `connected` of its own, which holds no sockets.
  const sockets = listOf(target) ?? ofNamespace(target?.sockets) ?? ofNamespace(target);
  if (sockets) return sockets;
  throw new TypeError(
    'filterSocketsByUser(target, predicate): target must be a Socket.IO server, a namespace, or a list of sockets.',
  );
}

/** A list as it is: an array, a Set, an iterator; of a Map its values. */
function listOf(target) {
  if (target instanceof Map) return target.values();
  const iterable = typeof target === 'object' && typeof target?.[Symbol.iterator] === 'function';
  return iterable ? target : undefined;
}

/** Where each version of Socket.IO keeps the sockets of a namespace. */
function ofNamespace(namespace) {
  if (typeof namespace !== 'object' || namespace === null) return undefined;
  // io.of(/pattern/), from 2.1 on: it has none itself, the namespaces made after it have them.
  if (namespace.children instanceof Set)
    return [...namespace.children].flatMap((child) => [...ofNamespace(child)]);
  if (typeof namespace.sockets?.values === 'function') return namespace.sockets.values(); // 3 and 4: a Map
  if (typeof namespace.connected === 'object') return Object.values(namespace.connected); // 1 and 2
  if (typeof namespace.clients === 'function' && namespace.manager) return namespace.clients(); // 0.9
  return undefined;
}

module.exports = { filterSocketsByUser };
