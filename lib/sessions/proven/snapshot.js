'use strict';

const { familyOf, databaseOf, keyPrefixOf, masterOf } = require('../../redis/clients');

/**
 * What recognition and proof rest on. It is compared at each connection: without it, a rule that the app adds later is
 * bypassed. So the comparison is spelt out, which takes 0.1 µs less than a list of functions to call, and allocates nothing.
 */
class Snapshot {
  /** The method of the client that `holds()` has found replaced. */
  patched;
  #store;
  #client;
  #family;
  #names = [];
  #methods;
  /** Undefined where something cannot be read: nothing holds. */
  #seen;

  /** @param {object} client - that the store reads through: its own, or the one that it hides */
  constructor(store, client) {
    this.#store = store;
    this.#client = client;
    try {
      const family = familyOf(client);
      this.#family = family;
      this.#names = family?.methods ?? [];
      this.#methods = this.#names.map((name) => client[name]);
      this.#seen = {
        ...{ get: store.get, client: store.client, read: store.client?.get, serializer: store.serializer },
        ...{ json: JSON, parse: JSON.parse },
        database: databaseOf(family, client),
        keyPrefix: keyPrefixOf(family, client),
        master: masterOf(family, client),
      };
    } catch {
      this.#seen = undefined;
    }
  }

  /** Whether all is as it was. */
  holds() {
    const names = this.#names;
    try {
      for (let i = 0; i < names.length; i++) {
        if (this.#client[names[i]] === this.#methods[i]) continue;
        this.patched = names[i];
        return false;
      }
      return this.#seen !== undefined && this.#isSame(this.#store, this.#client, this.#seen);
    } catch {
      return false;
    }
  }

  #isSame(store, client, seen) {
    return (
      store.get === seen.get &&
      store.client === seen.client &&
      // This is all that shows of a client which the store hides.
      store.client?.get === seen.read &&
      store.serializer === seen.serializer &&
      // A text may change, since it is read at each connection. An object may give another text each time.
      typeof store.prefix === 'string' &&
      JSON === seen.json &&
      JSON.parse === seen.parse &&
      databaseOf(this.#family, client) === seen.database &&
      keyPrefixOf(this.#family, client) === seen.keyPrefix &&
      masterOf(this.#family, client) === seen.master
    );
  }
}

module.exports = { Snapshot };
