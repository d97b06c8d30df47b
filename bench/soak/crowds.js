'use strict';

const { once } = require('node:events');
const http = require('node:http');
const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');
const { Server } = require('socket.io');
const { io: connectTo } = require('socket.io-client');
const { authorize } = require('../..');
const { FakeNamespace, disconnect, enter, visitorOf } = require('../../__test__/support/index-sockets');
const { SECRET, cookieOf, passportOf } = require('../../__test__/support/visit');
const { Visit } = require('./visits');

/** A later middleware may take so long. */
const LATER_MS = 5;

/** Visits that come and go, of one kind, through one authorizer. */
class Crowd {
  visits = new Set();
  #book;
  #sessions;

  constructor({ book, sessions, random, authorizer }) {
    Object.assign(this, { random, authorizer });
    this.#book = book;
    this.#sessions = sessions;
  }

  begin() {
    const visit = new Visit(this.random.pick(this.#sessions.sids), this.#book, this.#sessions);
    this.visits.add(visit);
    return visit;
  }

  refuse(visit, code) {
    this.visits.delete(visit);
    visit.refuse(code);
  }

  left(visit) {
    this.visits.delete(visit);
    visit.leave();
  }

  /** Some leave of those who are more than so many. */
  thin(wanted) {
    for (const visit of this.visits) {
      if (this.visits.size <= wanted) return;
      if (visit.state === 'connected') visit.goAway();
    }
  }

  get connected() {
    return [...this.visits].filter(({ state }) => state === 'connected');
  }
}

/** Sockets without a connection: they cost microseconds, so there are many. The option `redis`. */
class Sockets extends Crowd {
  #namespace = new FakeNamespace();

  come() {
    const visit = this.begin();
    const socket = visitorOf(this.#namespace, {});
    Object.assign(socket, { visit, connected: true });
    socket.request.headers.cookie = cookieOf(visit.sid);
    this.authorizer(socket, (error) => {
      if (error) return this.refuse(visit, error.code);
      visit.letIn(socket.request.user.key);
      // A later middleware refuses, or takes its time.
      if (this.random.chance(10)) return this.left(visit);
      const go = () => {
        visit.connect();
        enter(socket);
      };
      if (this.random.chance(50)) return go();
      return setTimeout(go, this.random.below(LATER_MS));
    });
    visit.goAway = () => {
      this.left(visit);
      disconnect(socket);
      socket.connected = false;
    };
  }

  /** Some leave at once, others stay connected, and are not watched any more. */
  onEnd({ visit }, reason) {
    visit.end(reason);
    if (this.random.chance(50)) visit.goAway();
  }
}

/** Requests that are authenticated and watched without a socket. */
class Requests extends Crowd {
  async come() {
    const visit = this.begin();
    const request = { headers: { cookie: cookieOf(visit.sid) } };
    try {
      const { user } = await this.authorizer.authenticate(request);
      visit.letIn(user.key);
    } catch (error) {
      this.refuse(visit, error.code);
      return;
    }
    visit.connect();
    const stop = this.authorizer.watch(request, (reason) => visit.end(reason));
    visit.goAway = () => {
      stop();
      this.left(visit);
    };
  }
}

/** Clients of Socket.IO over WebSockets, and a connect-redis store, which the addon follows. */
class Clients extends Crowd {
  #url;
  #server;
  #byId = new Map();
  #ids = 0;

  async open() {
    this.#server = http.createServer();
    const io = new Server(this.#server, { serveClient: false });
    this.authorizer.protect(io);
    io.on('connection', (socket) => this.#connected(socket));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#url = `http://127.0.0.1:${this.#server.address().port}`;
    this.close = async () => io.close();
  }

  come() {
    const visit = this.begin();
    const id = String((this.#ids += 1));
    this.#byId.set(id, visit);
    const client = connectTo(this.#url, {
      ...{ auth: { id }, extraHeaders: { cookie: cookieOf(visit.sid) }, transports: ['websocket'] },
      ...{ reconnection: false, forceNew: true },
    });
    client.once('connect_error', (error) => {
      this.#byId.delete(id);
      client.close();
      this.refuse(visit, error.data?.code ?? error.message);
    });
    visit.goAway = () => client.close();
  }

  /** What the model knows is what the server knows: a client hears of it later. */
  #connected(socket) {
    const { id } = socket.handshake.auth;
    const visit = this.#byId.get(id);
    this.#byId.delete(id);
    socket.data.visit = visit;
    visit.letIn(socket.request.user.key);
    visit.connect();
    socket.once('disconnect', () => this.left(visit));
  }

  onEnd(socket, reason) {
    socket.data.visit.end(reason);
    socket.disconnect(true);
  }
}

/**
 * All crowds over a Redis.
 * @returns {Promise<{ crowds: object, authorizers: object, close(): Promise<void> }>}
 */
async function openCrowds(redis, { book, sessions, random }) {
  const passport = passportOf((key, done) => done(null, { key }));
  const client = createClient({ url: redis.url });
  client.on('error', () => {});
  await client.connect();
  const crowds = {};
  const common = { secret: SECRET, passport };
  const authorizers = {
    native: authorize({
      ...{ ...common, redis: redis.url },
      onSessionEnd: (socket, reason) => crowds.sockets.onEnd(socket, reason),
    }),
    followed: authorize({
      ...{ ...common, store: new RedisStore({ client }), origin: false, sessionIdInQuery: false },
      onSessionEnd: (socket, reason) => crowds.clients.onEnd(socket, reason),
      recheckEvery: 1000,
    }),
  };
  const parts = { book, sessions, random };
  crowds.sockets = new Sockets({ ...parts, authorizer: authorizers.native });
  crowds.requests = new Requests({ ...parts, authorizer: authorizers.native });
  crowds.clients = new Clients({ ...parts, authorizer: authorizers.followed });
  await crowds.clients.open();
  const close = async () => {
    await crowds.clients.close();
    for (const authorizer of Object.values(authorizers)) authorizer.close();
    client.destroy();
  };
  return { crowds, authorizers, close };
}

module.exports = { openCrowds };
