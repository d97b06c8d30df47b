'use strict';

const { familyOf, databaseOf, keyPrefixOf, masterOf } = require('./clients');

/**
 * What recognition and proof stand on: the store's `get`, client and serializer, the client's methods, its
 * database and key prefix. A later change of any of them makes both void, and is looked for at each
 * connection; so the client's family is told once, and nothing is allocated (60 ns).
 */
class Foundation {
  #store;
  #client;
  #family;
  #parts;
  #settings;

  /**
   * As it is now.
   * @param {object} client - that the store reads through: its own, or the one that it hides
   */
  constructor(store, client) {
    this.#store = store;
    this.#client = client;
    try {
      const { get, client: shown, serializer } = store;
      this.#parts = { get, client: shown, serializer, read: shown?.get };
      this.#family = familyOf(client);
      const methods = this.#family?.methods ?? [];
      this.#settings = {
        database: databaseOf(this.#family, client),
        keyPrefix: keyPrefixOf(this.#family, client),
        master: masterOf(this.#family, client),
        names: methods,
        methods: methods.map((name) => client[name]),
      };
    } catch {
      // What cannot be read does not hold.
      this.#settings = undefined;
    }
  }

  /** Whether it still is. */
  holds() {
    try {
      return this.#settings !== undefined && this.#isSameStore() && this.#isSameClient();
    } catch {
      return false;
    }
  }

  /**
   * What was replaced by another of the same object in the time up to a later one.
   * @returns {string | undefined}
   */
  patchedBy(later) {
    const [before, now] = [this.#parts, later.#parts];
    if (!this.#settings || !later.#settings) return undefined;
    if (now.get !== before.get) return 'the store has another get than before';
    if (now.client === before.client && now.read !== before.read)
      return "the store's client has another get than before";
    if (later.#client !== this.#client) return undefined;
    const { names, methods } = this.#settings;
    const name = names.find((_, i) => methods[i] !== later.#settings.methods[i]);
    return name && `the client has another ${name} than before`;
  }

  #isSameStore() {
    const { get, client, serializer, read } = this.#parts;
    const store = this.#store;
    return (
      store.get === get &&
      store.client === client &&
      store.serializer === serializer &&
      // Of a client that is hidden, this is all that shows.
      client?.get === read
    );
  }

  #isSameClient() {
    const client = this.#client;
    const { database, keyPrefix, master, names, methods } = this.#settings;
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

module.exports = { Foundation };
