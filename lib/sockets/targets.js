'use strict';

/**
 * Where the sockets of a target are.
 * @param {object} target - a Server or Namespace of any Socket.IO version, or any list of sockets
 * @returns {{ list: Iterable<object> } | { namespaces: object[] }}
 * @throws {TypeError} for anything else
 */
function sourceOf(target, caller) {
  const list = listOf(target, caller);
  if (list) return { list };
  // A server's `sockets` first: the manager of 0.9 has a `connected` of its own, which holds no sockets.
  const namespace = [target?.sockets, target].find(isNamespace);
  if (!namespace) throw new TypeError(`${caller}(target, match): target ${complaintAbout(target)}`);
  // io.of(/pattern/), from 2.1 on: it has no sockets itself, the namespaces made after it have them.
  return { namespaces: namespace.children instanceof Set ? [...namespace.children] : [namespace] };
}

/** An array or a Set as it is, the values of a Map, an array of what any other iterable gives. */
function listOf(target, caller) {
  if (!isObject(target) || typeof target[Symbol.iterator] !== 'function') return undefined;
  // An iterator gives its elements only once.
  const isLasting = Array.isArray(target) || target instanceof Set || target instanceof Map;
  const list = isLasting ? target : [...target];
  const elements = () => (list instanceof Map ? list.values() : list);
  const complaint = complaintAboutElements(elements);
  if (complaint) throw new TypeError(`${caller}(target, match): target is a list of ${complaint}`);
  return elements();
}

/** Looks at the first element, and at more only where that is no socket: beside sockets, anything is passed over. */
function complaintAboutElements(elements) {
  let first;
  for (const element of elements()) {
    if (element == null) continue;
    const complaint = complaintAboutElement(element);
    if (!complaint) return undefined;
    first ??= complaint;
  }
  return first;
}

/** A list of such elements would give an empty list without a word. */
function complaintAboutElement(element) {
  if (typeof element === 'string') {
    return (
      'strings, not of sockets. For socket ids give [...ids].map((id) => io.sockets.sockets.get(id)); ' +
      'to reach a whole room, io.in(room).emit(…).'
    );
  }
  if (element instanceof Promise) return 'promises: give await Promise.all(target).';
  if (Array.isArray(element) || element instanceof Set || element instanceof Map) {
    return "lists (an adapter's rooms, or the entries of a Map), not of sockets: give the sockets themselves.";
  }
  const isPossible = isObject(element) || typeof element === 'function';
  return isPossible ? undefined : `${typeof element}s, not of sockets.`;
}

function complaintAbout(target) {
  if (typeof target?.then === 'function') return 'is a promise: await it, and give its value.';
  if (typeof target?.[Symbol.asyncIterator] === 'function') {
    return 'is an async iterator: put the sockets that it gives into an array, and give that.';
  }
  return 'must be a Socket.IO server, a namespace, or a list of sockets.';
}

function isNamespace(candidate) {
  return isObject(candidate) && (candidate.children instanceof Set || socketsOf(candidate) !== undefined);
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/**
 * Where each version of Socket.IO keeps the sockets of a namespace.
 * @returns {Map<string, object> | object[] | undefined}
 */
function socketsOf(namespace) {
  const { sockets, connected } = namespace;
  const isList = typeof sockets?.values === 'function';
  if (isList && !Array.isArray(sockets)) return sockets; // 3 and 4: a Map
  if (isObject(connected)) return Object.values(connected); // 1 and 2, and what the original reads
  if (isList) return sockets; // made by hand: 1.0 to 1.3 have this array beside `connected`
  if (typeof namespace.clients === 'function' && namespace.manager) return namespace.clients(); // 0.9
  return undefined;
}

/** Whether Socket.IO (1 or later) has the socket in its namespace: it is connected, and has not left. */
function isConnected(socket) {
  const { sockets, connected } = socket.nsp;
  const there = sockets instanceof Map ? sockets.get(socket.id) : connected?.[socket.id];
  return there === socket;
}

/** What was found in each namespace of a target, mostly one. */
function joined(lists) {
  return lists.length === 1 ? lists[0] : lists.flat();
}

module.exports = { isConnected, joined, sourceOf, socketsOf };
