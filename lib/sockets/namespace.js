'use strict';

/**
 * The sockets of one namespace, heard of as they come and go: how many of them are members, and under which number the
 * index has them.
 *
 * Heard of from the Map in which Socket.IO 3 and 4 keep them, `namespace.sockets`: it has a socket before anybody hears of
 * the connection, and no more before anybody hears of its end. A listener on each socket would take 64 bytes and 0.3 µs,
 * an app could take it away, and a client of Socket.IO 3 could send an event that calls it.
 */
class Census {
  /** The number of the namespace; undefined while nobody is in it. */
  id = undefined;
  size = 0;
  /** The Map that calls back. */
  #watched;

  constructor(namespace) {
    this.namespace = namespace;
  }

  get sockets() {
    return this.namespace.sockets;
  }

  has(socket) {
    return this.sockets.get(socket.id) === socket;
  }

  /** Whether what is heard of is what Socket.IO does: an app may have given the namespace another Map. */
  get isWatching() {
    return this.#watched === this.sockets;
  }

  /** Whether members are as many as sockets; if every entry and removal is heard of, they are then the same. */
  get isTrue() {
    return this.size === this.sockets.size && this.isWatching;
  }

  /**
   * Calls back from now on, as long as the namespace has this Map.
   * @param {(socket: object) => void} onEnter
   * @param {(socket: object) => void} onLeave
   */
  watch(onEnter, onLeave) {
    const { sockets } = this;
    // Another copy of this package may have its own there already.
    const { set, delete: remove } = sockets;
    override(sockets, 'set', (id, socket) => {
      const before = sockets.get(id);
      set.call(sockets, id, socket);
      if (this.#watched !== sockets) return sockets;
      // Two connections recovered from one session have the same id: Socket.IO forgets the first.
      if (before !== undefined && before !== socket) onLeave(before);
      onEnter(socket);
      return sockets;
    });
    override(sockets, 'delete', (id) => {
      const socket = sockets.get(id);
      const wasThere = remove.call(sockets, id);
      if (wasThere && this.#watched === sockets) onLeave(socket);
      return wasThere;
    });
    this.#watched = sockets;
  }
}

/** Not listed among what the object has, as a method of its class is not. */
function override(object, name, value) {
  Object.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: false });
}

module.exports = { Census };
