'use strict';

/**
 * Where the sockets of a target are.
 * @param {object} target - a Server or Namespace of any Socket.IO version, or any list of sockets
 * @returns {{ list: Iterable<object> } | { namespaces: object[] }}
 * @throws {TypeError} for anything else
 */
function sourceOf(target, caller) {
  const list = listOf(target);
  if (list) return { list };
  // A server's `sockets` first: the manager of 0.9 has a `connected` of its own, which holds no sockets.
  const namespace = [target?.sockets, target].find(isNamespace);
  if (!namespace) {
    throw new TypeError(
      `${caller}(target, match): target must be a Socket.IO server, a namespace, or a list of sockets.`,
    );
  }
  // io.of(/pattern/), from 2.1 on: it has no sockets itself, the namespaces made after it have them.
  return { namespaces: namespace.children instanceof Set ? [...namespace.children] : [namespace] };
}

/** A list as it is: an array, a Set, an iterator; of a Map its values. */
function listOf(target) {
  if (target instanceof Map) return target.values();
  const iterable = typeof target === 'object' && typeof target?.[Symbol.iterator] === 'function';
  return iterable ? target : undefined;
}

function isNamespace(candidate) {
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    (candidate.children instanceof Set || socketsOf(candidate) !== undefined)
  );
}

/**
 * Where each version of Socket.IO keeps the sockets of a namespace.
 * @returns {Map<string, object> | object[] | undefined}
 */
function socketsOf(namespace) {
  if (typeof namespace.sockets?.values === 'function') return namespace.sockets; // 3 and 4: a Map; 1.0 to 1.3: an array
  if (typeof namespace.connected === 'object') return Object.values(namespace.connected); // 1 and 2
  if (typeof namespace.clients === 'function' && namespace.manager) return namespace.clients(); // 0.9
  return undefined;
}

/** What was found in each namespace of a target, mostly one. */
function joined(lists) {
  return lists.length === 1 ? lists[0] : lists.flat();
}

module.exports = { joined, sourceOf, socketsOf };
