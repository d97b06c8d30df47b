'use strict';

const { warn } = require('../diagnostics');
const { wasAllowed } = require('./connection-limits');
const { authorizeRecovered } = require('./recovered');

/** A client may choose the names of dynamic namespaces. */
const MOST_WARNINGS = 100;
/** Symbol properties that this package puts on sockets, in whatever copy. */
const OF_THIS_PACKAGE = /^passport-socketio-native: /;

/**
 * One Socket.IO server: which authorizers guard which of its namespaces. It puts authorizers before all other middlewares
 * (`protect`), has recovered sockets authorized, and warns of a namespace that no authorizer guards.
 *
 * It relies on this of Socket.IO 1 to 4: a namespace keeps its middlewares in `fns` or `_fns`; the server has its
 * namespaces in `nsps` or `_nsps`; and since 2.1 a client that connects to a namespace gets it by `server.of`. That method
 * is replaced. So a namespace is guarded before its first socket, however it was made. When Socket.IO changes: the event
 * `new_namespace` (since 4.1) says the same; and where there is no list of middlewares, the authorizer stands behind those
 * that were there before. `__test__/protect.test.js` shows each version.
 */
class ServerGuard {
  #server;
  /** The calls of `protect`. */
  #protections = [];
  /** @type {WeakMap<object, Guarded>} by namespace */
  #namespaces = new WeakMap();
  /** The warnings that were given, each with its namespace. */
  #warned = new Set();
  #onConnect = (socket) => this.#connected(socket);

  constructor(server) {
    this.#server = server;
    const { of } = server;
    override(server, 'of', (...args) => {
      const namespace = of.apply(server, args);
      this.#meet(namespace);
      return namespace;
    });
    server.sockets.on('new_namespace', (namespace) => this.#meet(namespace));
    for (const namespace of namespacesOf(server)) this.#meet(namespace);
  }

  /**
   * The authorizer guards every namespace, but for the exceptions.
   * @param {(name: string) => boolean} isExcepted
   */
  protect(authorizer, isExcepted) {
    const protection = { authorizer, isExcepted };
    this.#protections.push(protection);
    for (const namespace of namespacesOf(this.#server)) {
      this.#meet(namespace);
      this.#apply(protection, namespace);
    }
  }

  /** An authorizer is asked about a socket of this namespace: as a middleware, or by one. */
  see(namespace) {
    this.#meet(namespace).isSeen = true;
  }

  #meet(namespace) {
    // What io.of(/pattern/) gives: it has no sockets itself. The namespaces made after it are met when they are made.
    if (namespace.children instanceof Set) return undefined;
    let guarded = this.#namespaces.get(namespace);
    if (guarded === undefined) {
      this.#namespaces.set(namespace, (guarded = new Guarded()));
      for (const protection of this.#protections) this.#apply(protection, namespace);
    }
    const isDone = guarded.isSettled && !this.#skipsMiddlewares;
    // Not only the first time: the app may have removed all listeners.
    if (!isDone && !namespace.listeners('connect').includes(this.#onConnect)) {
      namespace.prependListener('connect', this.#onConnect);
    }
    return guarded;
  }

  #apply({ authorizer, isExcepted }, namespace) {
    const guarded = this.#namespaces.get(namespace);
    if (guarded.first.has(authorizer)) return;
    if (isExcepted(namespace.name)) {
      guarded.isExcepted = true;
      return;
    }
    putFirst(authorizer, namespace);
    guarded.first.add(authorizer);
  }

  /** Whether Socket.IO connects recovered sockets without asking the middlewares (since 4.6, by default). */
  get #skipsMiddlewares() {
    return Boolean(this.#server.opts?.connectionStateRecovery?.skipMiddlewares);
  }

  /** A socket is connected; the app's handlers have not run. */
  #connected(socket) {
    const { nsp } = socket;
    const guarded = this.#namespaces.get(nsp);
    if (socket.recovered && this.#skipsMiddlewares) {
      const authorizers = authorizersOf(nsp, guarded);
      if (authorizers.length > 0) authorizeRecovered(socket, authorizers);
      else if (guarded.isSeen) this.#warnOfRecovered(socket);
      return;
    }
    if (guarded.isSettled) return;
    guarded.isSettled = true;
    if (!this.#skipsMiddlewares) nsp.removeListener('connect', this.#onConnect);
    const isGuarded = guarded.isSeen || authorizersOf(nsp, guarded).length > 0 || hasPassedByDefault(socket);
    if (!isGuarded) this.#warnOfUnguarded(socket);
  }

  #warnOfUnguarded(socket) {
    if (!this.#shouldWarn(socket, 'unguarded')) return;
    const name = shown(socket.nsp.name);
    warn(
      'UNGUARDED_NAMESPACE',
      `A client connected to the namespace ${name}, which no authorizer guards, while an authorizer guards another namespace ` +
        'of the same server. Guard all of them with authorizer.protect(io). If this one is open on purpose, or guarded in ' +
        `another way, except it: authorizer.protect(io, { except: [${name}] }).`,
    );
  }

  #warnOfRecovered(socket) {
    if (!this.#shouldWarn(socket, 'recovered')) return;
    warn(
      'RECOVERED_UNAUTHORIZED',
      `Socket.IO recovered a socket of the namespace ${shown(socket.nsp.name)} without asking any middleware, and the authorizer ` +
        'is called by a middleware of the app, not by Socket.IO. Use authorizer.protect(io), or ' +
        'connectionStateRecovery: { skipMiddlewares: false }.',
    );
  }

  /** Whether to warn of this: once for each name, and not where the app has decided. */
  #shouldWarn({ nsp, request }, what) {
    const about = `${what} ${nsp.name}`;
    if (this.#warned.has(about) || this.#warned.size >= MOST_WARNINGS) return false;
    if (this.#namespaces.get(nsp).isExcepted) return false;
    if (isAuthorizer(this.#server.opts?.allowRequest) || wasAllowed(request)) return false;
    this.#warned.add(about);
    return true;
  }
}

/** What is known of one namespace. */
class Guarded {
  /** The authorizers that `protect` has put before all other middlewares. */
  first = new Set();
  /** Whether a call of `protect` has excepted it. */
  isExcepted = false;
  /** Whether any authorizer was asked about a socket of it. */
  isSeen = false;
  /** Whether its first socket has shown if it is guarded. */
  isSettled = false;
}

/** By server. */
const guards = new WeakMap();
/** The authorizers of this copy of the package. */
const ours = new WeakSet();

function guardOf(server) {
  let guard = guards.get(server);
  if (guard === undefined) guards.set(server, (guard = new ServerGuard(server)));
  return guard;
}

/** A new authorizer. */
function enlist(authorizer) {
  ours.add(authorizer);
}

/** An authorizer is asked about a socket of this namespace. */
function see(namespace) {
  // Sockets that are made by hand, in unit tests, may have no server.
  if (isServer(namespace.server)) guardOf(namespace.server).see(namespace);
}

/** A server of Socket.IO 1.0 or later. */
function isServer(candidate) {
  return typeof candidate?.of === 'function' && typeof candidate.sockets?.use === 'function';
}

function namespacesOf({ _nsps, nsps }) {
  return _nsps instanceof Map ? [..._nsps.values()] : Object.values(nsps ?? {});
}

/** The list in which Socket.IO keeps the middlewares of a namespace: `fns` up to 2, `_fns` since 3. */
function middlewaresOf({ _fns, fns }) {
  return [_fns, fns].find(Array.isArray);
}

/** The authorizers that every socket of a namespace passes, unless Socket.IO skips the middlewares. */
function authorizersOf(namespace, { first }) {
  const used = middlewaresOf(namespace)?.filter((each) => ours.has(each)) ?? [];
  return [...new Set([...first, ...used])];
}

/** From now on the authorizer is the first middleware, and is one only once. */
function putFirst(authorizer, namespace) {
  const { use } = namespace;
  // Socket.IO itself adds it: up to 2, this also ends the greeting of clients before the middlewares are asked.
  use.call(namespace, authorizer);
  const middlewares = middlewaresOf(namespace);
  const others = middlewares?.filter((each) => each !== authorizer);
  middlewares?.splice(0, middlewares.length, authorizer, ...others);
  override(namespace, 'use', (middleware) => {
    return middleware === authorizer ? namespace : use.call(namespace, middleware);
  });
}

/** Up to Socket.IO 2 a client joins the default namespace first. An authorizer there guards all namespaces. */
function hasPassedByDefault(socket) {
  return hasPassed(socket) || hasPassed(socket.client?.nsps?.['/']);
}

/** Whether an authorizer was asked about this socket, of this copy of the package or another one. */
function hasPassed(socket) {
  if (typeof socket !== 'object') return false;
  return Object.getOwnPropertySymbols(socket).some(({ description }) => OF_THIS_PACKAGE.test(description));
}

/** An authorizer, of this copy of the package or of another one. */
function isAuthorizer(candidate) {
  return typeof candidate === 'function' && 'backend' in candidate && 'reindex' in candidate;
}

/** A client may have chosen the name. */
function shown(name) {
  return JSON.stringify(String(name).slice(0, 200));
}

/** Not enumerable, as a method of the class is not. */
function override(object, name, value) {
  Object.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: false });
}

module.exports = { enlist, guardOf, isServer, see };
