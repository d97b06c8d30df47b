'use strict';

const { EventEmitter } = require('node:events');
const { MemoryStore, Store } = require('express-session');
const { openStore, storeOf } = require('./stores');

/**
 * Stores that the addon cannot follow, by name. Each opens with the settings of a client, and gives `{ store, close() }`.
 * `reason` is why the store answers.
 */
const OTHERS = {
  MemoryStore: {
    reason: /not a connect-redis store/,
    open: async () => ({ store: new MemoryStore(), close() {} }),
  },
  'connect-redis 10 with a serializer of its own': {
    reason: /a serializer of its own/,
    async open(settings) {
      const { client, close } = await openStore(10, 'node-redis 6', settings);
      const serializer = {
        stringify: (session) => Buffer.from(JSON.stringify(session)).toString('base64'),
        parse: (text) => JSON.parse(Buffer.from(text, 'base64').toString()),
      };
      return { store: storeOf(10, { client, serializer }), close };
    },
  },
  'a subclass of connect-redis 10 that adds a tenant': {
    reason: /above that of its base class/,
    async open(settings) {
      const { store, close } = await openStore(10, 'node-redis 6', settings);
      return { store: new (tenantClass(store.constructor))({ client: store.client }), close };
    },
  },
  'a store that keeps Redis hashes': {
    reason: /a get of its own, which is not that of connect-redis/,
    async open(settings) {
      const { client, close } = await openStore(10, 'node-redis 6', settings);
      return { store: new HashStore(client), close };
    },
  },
  'connect-redis 6, a client in memory': {
    reason: /none that is known/,
    open: async () => ({ store: storeOf(6, { client: new MemoryClient() }), close() {} }),
  },
  'connect-redis 3, a client in memory with the looks of node-redis 2': {
    reason: /an imitation of Redis/,
    open: async ({ host, port }) => ({
      store: storeOf(3, { client: new Imitation(host, port) }),
      close() {},
    }),
  },
};

function tenantClass(RedisStore) {
  return class extends RedisStore {
    get(sid, callback) {
      return super.get(`tenant:${sid}`, callback);
    }

    set(sid, session, callback) {
      return super.set(`tenant:${sid}`, session, callback);
    }

    destroy(sid, callback) {
      return super.destroy(`tenant:${sid}`, callback);
    }
  };
}

/** A store with a client and a prefix like connect-redis, but another layout. */
class HashStore extends Store {
  prefix = 'sess:';

  constructor(client) {
    super();
    this.client = client;
  }

  get(sid, callback) {
    this.client
      .hGet(`${this.prefix}${sid}`, 'data')
      .then((text) => callback(null, text && JSON.parse(text)), callback);
  }

  set(sid, session, callback) {
    this.client
      .hSet(`${this.prefix}${sid}`, 'data', JSON.stringify(session))
      .then(() => callback(null), callback);
  }

  destroy(sid, callback) {
    this.client.del(`${this.prefix}${sid}`).then(() => callback(null), callback);
  }
}

/** The parts of ioredis-mock and redis-mock that connect-redis uses. */
class MemoryClient extends EventEmitter {
  #texts = new Map();

  get(key, callback) {
    setImmediate(callback, null, this.#texts.get(key) ?? null);
  }

  /** Like `SET key text EX seconds`. */
  set([key, text], callback) {
    this.#texts.set(key, text);
    setImmediate(callback, null, 'OK');
  }

  expire(_key, _seconds, callback) {
    setImmediate(callback, null, 1);
  }

  del(keys, callback) {
    for (const key of [keys].flat()) this.#texts.delete(key);
    setImmediate(callback, null, 1);
  }
}

/** Like fakeredis: it looks like a client that is connected to a Redis. */
class Imitation extends MemoryClient {
  selected_db = 0;

  constructor(host, port) {
    super();
    this.connection_options = { host, port, family: 4 };
    this.options = { host, port };
  }

  send_command() {}

  getKeyspace() {}
}

module.exports = { OTHERS };
