'use strict';

/**
 * One namespace, watched for sockets that connect and disconnect: how many of them the registry has, and under which id.
 *
 * THE MOST FRAGILE PART OF THIS PACKAGE: `watch` replaces the methods `set` and `delete` of `namespace.sockets`, the Map
 * in which Socket.IO 3 and 4 keep their sockets. They add a socket to it before `connection` is emitted, and remove it
 * before `disconnect` is. A listener on each socket instead costs 64 bytes and 0.3 µs, an app can remove it, and a client
 * of Socket.IO 3 can send an event that calls it.
 *
 * When Socket.IO changes: if `sockets` is no Map, nothing is indexed and every query reads the users (`registry.js`,
 * `#watch`). If the Map is replaced, or filled without `set` and `delete`, its size or identity differs from what was
 * counted (`isTrue`), and the next query reads the whole Map again. Only one entry added for one removed, both without
 * these methods, goes unnoticed. `__test__/index-map.test.js` and `index-versions.test.js` show each case.
 */
class WatchedNamespace {
  /** The id of the namespace in the native index; undefined while none of its sockets is registered. */
  id = undefined;
  size = 0;
  /** The Map whose methods call back. */
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

  /** Whether the Map that calls back is the one in use: an app may have replaced it. */
  get isWatching() {
    return this.#watched === this.sockets;
  }

  /** Whether as many sockets are registered as there are; as every change is reported, they are then the same. */
  get isTrue() {
    return this.size === this.sockets.size && this.isWatching;
  }

  /**
   * Reports every socket that is added or removed from now on, as long as the namespace keeps this Map.
   * @param {(socket: object) => void} onEnter
   * @param {(socket: object) => void} onLeave
   */
  watch(onEnter, onLeave) {
    const { sockets } = this;
    // Another copy of this package may have replaced them already.
    const { set, delete: remove } = sockets;
    override(sockets, 'set', (id, socket) => {
      const before = sockets.get(id);
      set.call(sockets, id, socket);
      if (this.#watched !== sockets) return sockets;
      // Two connections recovered from one session have the same id: Socket.IO drops the first.
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

/** Not enumerable, as a method of the class is not. */
function override(object, name, value) {
  Object.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: false });
}

module.exports = { WatchedNamespace, override };
