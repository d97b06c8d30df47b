'use strict';

const { familyOf, databaseOf, keyPrefixOf, masterOf } = require('../../redis/clients');

/** What sessions are parsed with, as it was when this package was loaded. */
const LOADED = JSON;
const { parse } = JSON;

/**
 * What recognition and proof rest on. The backend looks at each connection whether it is as it was: without this, a rule
 * that the app adds later is bypassed. So the client's family is told once, and nothing is allocated.
 */
class Snapshot {
  #store;
  #client;
  #family;
  /** Nothing holds without it: something could not be read. */
  #seen;

  /** @param {object} client - that the store reads through: its own, or the one that it hides */
  constructor(store, client) {
    this.#store = store;
    this.#client = client;
    try {
      const { get, client: shown, serializer } = store;
      const family = familyOf(client);
      const names = family?.methods ?? [];
      this.#family = family;
      this.#seen = {
        ...{ get, shown, serializer, read: shown?.get },
        ...{ names, methods: names.map((name) => client[name]) },
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
    try {
      return this.#seen !== undefined && this.#isSameStore() && this.#isSameClient();
    } catch {
      return false;
    }
  }

  /**
   * Which method of the same client is another one in a later snapshot.
   * @returns {string | undefined}
   */
  patchedBy(later) {
    if (later.#client !== this.#client || !this.#seen || !later.#seen) return undefined;
    return this.#seen.names.find((_, i) => this.#seen.methods[i] !== later.#seen.methods[i]);
  }

  #isSameStore() {
    const { get, shown, serializer, read } = this.#seen;
    const store = this.#store;
    return (
      store.get === get &&
      store.client === shown &&
      store.serializer === serializer &&
      // An object as prefix may read otherwise each time.
      typeof store.prefix === 'string' &&
      // Of a client that is hidden, this is all that shows.
      shown?.get === read &&
      isParsing()
    );
  }

  #isSameClient() {
    const client = this.#client;
    const { names, methods, database, keyPrefix, master } = this.#seen;
    for (let i = 0; i < names.length; i++) {
      if (client[names[i]] !== methods[i]) return false;
    }
    return (
      databaseOf(this.#family, client) === database &&
      keyPrefixOf(this.#family, client) === keyPrefix &&
      masterOf(this.#family, client) === master
    );
  }
}

/** Whether sessions are still parsed by what parsed them at the start. */
function isParsing() {
  return globalThis.JSON === LOADED && LOADED.parse === parse;
}

module.exports = { Snapshot, isParsing, parse };
