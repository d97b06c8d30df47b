'use strict';

const { familyOf, databaseOf, keyPrefixOf, masterOf } = require('../../redis/clients');

/**
 * What recognition and proof rest on. It is compared at each connection: without it, a rule that the app adds later is
 * bypassed. So the family of the client is determined once, and a comparison allocates nothing.
 */
class Snapshot {
  /** The method of the client that `holds()` has found replaced. */
  patched;
  #methods = [];
  #readers = [];
  #seen;

  /** @param {object} client - that the store reads through: its own, or the one that it hides */
  constructor(store, client) {
    try {
      const family = familyOf(client);
      this.#methods = family?.methods ?? [];
      this.#readers = readersOf(store, client, family, this.#methods);
      this.#seen = this.#readers.map((read) => read());
    } catch {
      // Something cannot be read: nothing holds.
      this.#seen = undefined;
    }
  }

  /** Whether all is as it was. */
  holds() {
    const readers = this.#readers;
    const seen = this.#seen;
    try {
      for (let i = 0; i < readers.length; i++) {
        if (readers[i]() === seen[i]) continue;
        this.patched = this.#methods[i];
        return false;
      }
      return seen !== undefined;
    } catch {
      return false;
    }
  }
}

function readersOf(store, client, family, methods) {
  return [
    ...methods.map((name) => () => client[name]),
    () => store.get,
    () => store.client,
    // This is all that shows of a client which the store hides.
    () => store.client?.get,
    () => store.serializer,
    // A text may change, since it is read at each connection. An object may give another text each time.
    () => typeof store.prefix,
    () => JSON,
    () => JSON.parse,
    () => databaseOf(family, client),
    () => keyPrefixOf(family, client),
    () => masterOf(family, client),
  ];
}

module.exports = { Snapshot };
