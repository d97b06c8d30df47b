'use strict';

const { warn } = require('../diagnostics');
const { quoted } = require('../diagnostics/words');
const { wasAllowed } = require('./connection-limits');
const { eachNamespace, isServer, middlewaresOf, namespacesOf, putFirst } = require('./namespaces');
const { authorizeRecovered } = require('./recovered');

/** A client may choose the names of dynamic namespaces. */
const MOST_WARNINGS = 100;
/** So much of such a name. */
const NAME_LENGTH = 200;
/** Symbol properties that this package puts on sockets, in any copy of it. */
const OF_THIS_PACKAGE = /^passport-socketio-native: /;

/**
 * One Socket.IO server: which authorizers guard which of its namespaces. It puts authorizers before all other middlewares
 * (`protect`), has recovered sockets authorized, and warns of a namespace that no authorizer guards.
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
    eachNamespace(server, (namespace) => this.#meet(namespace));
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
  see(namespace, authorizer) {
    this.#meet(namespace).isSeen = true;
    if (this.#skipsMiddlewares && !ours.get(authorizer)) this.#warnOfRecovery();
  }

  /** A namespace that is new, or that a client connects to. */
  #meet(namespace) {
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
    const name = quoted(socket.nsp.name, NAME_LENGTH);
    warn(
      'UNGUARDED_NAMESPACE',
      `A client connected to the namespace ${name}, which no authorizer guards, while an authorizer guards another namespace ` +
        'of the same server. Guard all of them with authorizer.protect(io). If this one is open on purpose, or guarded in ' +
        `another way, except it: authorizer.protect(io, { except: [${name}] }).`,
    );
  }

  /** Who sets `onSessionEnd` has thought of sessions that end; `allowRequest` asks before Socket.IO recovers anything. */
  #warnOfRecovery() {
    if (this.#warned.has('recovery') || isAuthorizer(this.#server.opts.allowRequest)) return;
    this.#warned.add('recovery');
    warn(
      'RECOVERY_BEFORE_AUTHORIZATION',
      'Connection state recovery connects a returning client before it is authorized anew: its connection handlers see ' +
        '{ logged_in: false }, and who has logged out since stays until the session is looked up. Set ' +
        'connectionStateRecovery: { skipMiddlewares: false }, or decide with the option onSessionEnd what becomes of ' +
        'sockets whose session ends.',
    );
  }

  #warnOfRecovered(socket) {
    if (!this.#shouldWarn(socket, 'recovered')) return;
    warn(
      'RECOVERED_UNAUTHORIZED',
      `Socket.IO recovered a socket of the namespace ${quoted(socket.nsp.name, NAME_LENGTH)} without asking any middleware, and the authorizer ` +
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
/** The authorizers of this copy of the package, and whether each watches sessions (option `onSessionEnd`). */
const ours = new WeakMap();

function guardOf(server) {
  let guard = guards.get(server);
  if (guard === undefined) guards.set(server, (guard = new ServerGuard(server)));
  return guard;
}

/** A new authorizer. */
function enlist(authorizer, isWatching) {
  ours.set(authorizer, isWatching);
}

/** An authorizer is asked about a socket of this namespace. */
function see(namespace, authorizer) {
  // Sockets that are made by hand, in unit tests, may have no server.
  if (isServer(namespace.server)) guardOf(namespace.server).see(namespace, authorizer);
}

/** The authorizers that every socket of a namespace passes, unless Socket.IO skips the middlewares. */
function authorizersOf(namespace, { first }) {
  const used = middlewaresOf(namespace)?.filter((each) => ours.has(each)) ?? [];
  return [...new Set([...first, ...used])];
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

module.exports = { enlist, guardOf, see };
