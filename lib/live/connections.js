'use strict';

const { WatchedNamespace, override } = require('../sockets/namespace');
const { slots } = require('./slots');

/**
 * Tells when sockets connect and leave, in each namespace that an authorizer guards. Socket.IO 3 and 4: see
 * `lib/sockets/namespace.js`, and what happens when Socket.IO changes. Socket.IO 1 and 2: see LegacyNamespace.
 */
class Connections {
  #onEnter;
  #onLeave;
  /** @type {WeakMap<object, WatchedNamespace | LegacyNamespace>} by namespace */
  #known = new WeakMap();

  /**
   * @param {(socket: object) => void} onEnter - again for a socket where the app has replaced what was watched
   * @param {(socket: object) => void} onLeave
   */
  constructor(onEnter, onLeave) {
    this.#onEnter = onEnter;
    this.#onLeave = onLeave;
  }

  /**
   * The namespace, watched from now on, with `has(socket)`: whether a socket is connected.
   * @returns {WatchedNamespace | LegacyNamespace | undefined} undefined for one that is made by hand, in unit tests
   */
  of(namespace) {
    let known = this.#known.get(namespace);
    if (known === undefined) {
      known = namespaceOf(namespace);
      if (known === undefined) return undefined;
      this.#known.set(namespace, known);
      this.#watch(known);
    } else if (!known.isWatching) {
      this.#watch(known);
      this.#dropMissing(known);
    }
    return known;
  }

  #watch(known) {
    known.watch(this.#onEnter, this.#onLeave);
    for (const socket of known.sockets.values()) this.#onEnter(socket);
  }

  /**
   * The app has replaced the Map of sockets, or removed all listeners. This reads all slots, which a new namespace must not
   * cost: a client may open them by the thousand where they are dynamic.
   */
  #dropMissing(known) {
    for (const socket of slots.socketsOf({ namespace: known.namespace })) {
      if (!known.has(socket)) this.#onLeave(socket);
    }
  }
}

function namespaceOf(namespace) {
  if (namespace.sockets instanceof Map) return new WatchedNamespace(namespace);
  const isLegacy = typeof namespace.remove === 'function' && typeof namespace.prependListener === 'function';
  return isLegacy ? new LegacyNamespace(namespace) : undefined;
}

/**
 * A namespace of Socket.IO 1 or 2, which emits `connect` before `connection`, has its sockets in the object `connected`, and
 * removes each by its method `remove`. These versions do not change any more.
 */
class LegacyNamespace {
  #onEnter;
  #onLeave;

  constructor(namespace) {
    this.namespace = namespace;
  }

  get sockets() {
    return new Map(Object.entries(this.namespace.connected));
  }

  has(socket) {
    return this.namespace.connected[socket.id] === socket;
  }

  /** The app may have removed all listeners. */
  get isWatching() {
    return this.#onEnter !== undefined && this.namespace.listeners('connect').includes(this.#onEnter);
  }

  watch(onEnter, onLeave) {
    const { namespace } = this;
    if (this.#onLeave === undefined) {
      const { remove } = namespace;
      override(namespace, 'remove', (socket) => {
        remove.call(namespace, socket);
        onLeave(socket);
      });
      this.#onLeave = onLeave;
    }
    // A middleware may have disconnected it; it is told that it is connected all the same.
    this.#onEnter ??= (socket) => {
      if (socket.connected) onEnter(socket);
    };
    namespace.prependListener('connect', this.#onEnter);
  }
}

module.exports = { Connections };
