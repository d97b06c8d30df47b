'use strict';

const { familyOf, databaseOf, keyPrefixOf, masterOf } = require('../../redis/clients');

/**
 * What recognition and proof rest on. It is compared at each connection: without it, a rule that the app adds later is
 * bypassed. So the family of the client is determined once, and a comparison allocates nothing.
 */
class Snapshot {
  /** The method of the client that `holds()` has found replaced. */
  patched;
  #methods;
  #readers = [];
  /** Nothing holds without it: something could not be read. */
  #seen;

  /** @param {object} client - that the store reads through: its own, or the one that it hides */
  constructor(store, client) {
    try {
      const family = familyOf(client);
      this.#methods = family?.methods ?? [];
      this.#readers = [
        ...this.#methods.map((name) => () => client[name]),
        ...readersOf(store, client, family),
      ];
      this.#seen = this.#readers.map((read) => read());
    } catch {
      this.#seen = undefined;
    }
  }

  /** Whether all is as it was. */
  holds() {
    try {
      for (let i = 0; i < this.#readers.length; i++) {
        if (this.#readers[i]() === this.#seen[i]) continue;
        this.patched = this.#methods[i];
        return false;
      }
      return this.#seen !== undefined;
    } catch {
      return false;
    }
  }
}

/** What is read beside the methods of the client. */
function readersOf(store, client, family) {
  return [
    () => store.get,
    () => store.client,
    // This is all that shows of a client which the store hides.
    () => store.client?.get,
    () => store.serializer,
    // A text may change, since it is read at each connection; an object may give another text at each.
    () => typeof store.prefix,
    () => JSON,
    () => JSON.parse,
    () => databaseOf(family, client),
    () => keyPrefixOf(family, client),
    () => masterOf(family, client),
  ];
}

module.exports = { Snapshot };
