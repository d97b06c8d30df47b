'use strict';

/**
 * The sockets of one namespace, heard of as they come and go: how many of them are members, and under which number the
 * index has them.
 *
 * Heard of from the Map in which Socket.IO 3 and 4 keep them, `namespace.sockets`: it has a socket before anybody hears of
 * the connection, and no more before anybody hears of its end. A listener on each socket would take 64 bytes and 0.3 µs,
 * an app could take it away, and a client of Socket.IO 3 could call it.
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

  /**
   * Whether nothing was missed. While every entry and every removal is heard of, members are never fewer than sockets, and
   * more only where a socket came under the id of another.
   */
  get isTrue() {
    return this.size === this.sockets.size && this.isWatching;
  }

  /**
   * Calls back from now on.
   * @param {(socket: object) => void} onEnter
   * @param {(socket: object) => void} onLeave
   */
  watch(onEnter, onLeave) {
    const { sockets } = this;
    // Another copy of this package may have its own there already.
    const { set, delete: remove } = sockets;
    override(sockets, 'set', (id, socket) => {
      set.call(sockets, id, socket);
      onEnter(socket);
      return sockets;
    });
    override(sockets, 'delete', (id) => {
      const socket = sockets.get(id);
      const wasThere = remove.call(sockets, id);
      if (wasThere) onLeave(socket);
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
