// What `authorize` gives.

import type { Explanation } from './explanation';
import type { Backend, SessionEndReason, Stats } from './report';
import type { ValuesOf } from './sockets';

/** For `io.use`, `namespace.use`, `allowRequest` and 0.9's `io.set('authorization', …)`. */
export interface Authorizer<User = any> {
  /** `allowRequest` of Engine.IO, and Socket.IO 0.9. */
  (handshakeData: { headers: object }, accept: (err: any, accepted: boolean) => void): void;
  /** Socket.IO >= 1.0. Last, so that `Parameters` of it are these. */
  (socket: { readonly request: object }, next: (err?: any) => void): void;

  /**
   * Makes this authorizer the first middleware of every namespace of the server: of present, future and dynamic ones. It
   * authorizes once, also where it is given to `use` besides. Each call guards all namespaces but its own exceptions. Call
   * it before the server listens: clients that are connected already are not asked.
   * @throws {TypeError} when `io` is no Socket.IO server (1.0 or later), or an exception is wrong.
   */
  protect(io: SocketServer, options?: ProtectOptions): void;
  /** Which backend answers look-ups now, why, and how it is. */
  readonly backend: Backend;
  /**
   * Connects, and waits until look-ups can be answered: until a look-up for an id that nobody has was answered, in Redis or by
   * the app's store, and all masters of a Redis Cluster answer. No statistic counts it, and no callback is called.
   * @returns a promise. It is rejected at the first failure with an {@link AuthorizationError} that says what keeps look-ups
   * (`STORE_ERROR`, `STORE_TIMEOUT` or `CLOSED`; `cause`, `hint`), and with a `TypeError` when the argument is wrong.
   */
  ready(options?: ReadyOptions): Promise<void>;
  /** What happened since `authorize()`; `filters`, in this process. A snapshot. */
  stats(): Stats;
  /**
   * Who is behind a request that is no Socket.IO connection: of `ws`, uWebSockets.js, Server-Sent Events, a route. The steps
   * are those of a connection, the option `origin` included, and they count in `stats()`, channels and warnings. `success` and
   * `fail` are not called, and nothing is put on the request or the user.
   *
   * A bare `?session_id=` counts only where the option `sessionIdInQuery` is given as `true`; else a signed one does. The query is taken
   * from `query` or `_query` where a framework has parsed it, else from `url`.
   * @returns a promise. It is rejected with an {@link AuthorizationError} where there is no user, or it could not be found out
   * (`code`, `hint` and `cause` are those that `fail` gets), and with a `TypeError` when the argument is no request.
   */
  authenticate(request: RequestToAuthenticate): Promise<Authenticated<User>>;
  /**
   * Walks a request through the steps of an authorization, and says what it found at each, and what is wrong: of an Express
   * route, of `socket.request`, or of anything else that {@link Authorizer.authenticate} takes. Names and types are in it, but no
   * secret, id or value. Of the app's functions it calls what it takes to find the user, and no other: the store's `get`, the
   * option `cookieParser`, `deserializeUser`. No statistic counts it, no warning and no channel tells of it, and nothing is put
   * on the request. Do not show it to strangers: it tells where sessions are and what they are made of.
   * @returns a promise of a plain object, fit for JSON; `String(explanation)` is a text for people. It is rejected with a
   * `TypeError` when the argument is no request.
   */
  explain(request: RequestToAuthenticate): Promise<Explanation>;
  /**
   * Tells once when the session ends by which {@link Authorizer.authenticate} has let this request in (the same object): what
   * the option `onSessionEnd` is for a socket. It needs no option. A callback that throws or rejects emits a process warning
   * (`SESSION_END_ERROR`). A store that cannot be asked ends nobody. The process is not kept alive.
   * @returns a function that stops watching: call it when the connection is closed.
   * @throws {TypeError} when the request was not let in, or `onEnd` is no function.
   */
  watch(request: object, onEnd: (reason: SessionEndReason) => unknown): () => void;
  /**
   * Reads the indexed and the shared properties of the socket's user again. A connected socket that no authorizer with an
   * index has seen is registered. Without the options `index` and `share` it does nothing.
   * @throws {TypeError} when `socket` is not an object.
   */
  reindex(socket: object): void;
  /**
   * Reads the session and the user of a connected socket anew, by the session id with which it was authorized. The user on
   * the request, the index, what is shared and the rooms of the option `rooms` follow; `success` is not called. A guest who
   * has logged in since becomes the user. A session that is gone, or has no user any more, ends the socket as the option
   * `onSessionEnd` says; without that option the socket stays, as a guest's.
   *
   * Rechecks of the same socket at once all give what the last of them has read. An authorization of the socket that is
   * under way is decided first. A socket that is not connected, or leaves meanwhile, is not touched.
   * @returns a promise of the user; of undefined where there is none.
   * It is rejected with an {@link AuthorizationError} where session or user could not be read, or `rooms` fails (nothing has
   * changed then: `code`, `hint` and `cause` are those that `fail` gets); with a `TypeError` when `socket` is no socket of
   * Socket.IO 1.0 or later, such as the `undefined` of a socket that has left, or a `RemoteSocket`.
   */
  recheck(socket: object): Promise<User | undefined>;
  /**
   * The same for all connected sockets of users about which this authorizer was asked, in all namespaces; at most 100 at
   * once. Guests are left alone.
   * @returns a promise that is resolved when all are done. It is rejected then, where some could not be read: with the error
   * of the one, or an `AggregateError` of all.
   */
  recheck(): Promise<void>;
  /**
   * Who is online: the values that an indexed property has among the users of the sockets that this authorizer let in,
   * in all namespaces, and how many sockets have each.
   * @throws {TypeError} for a property that is not indexed.
   */
  users<Property extends string>(property: Property): Map<ValuesOf<User, Property>, number>;
  /** Ends the connection to Redis. Pending and later calls fail with `CLOSED`. May be called twice. */
  close(): void;
}

/** For `authorizer.authenticate`: a request of Node's http, http2 or a framework over it, or an object with its headers. */
export interface RequestToAuthenticate {
  /** In lower case. `host` is for the option `origin`. */
  readonly headers: {
    readonly cookie?: string | undefined;
    readonly origin?: string | undefined;
    readonly host?: string | undefined;
  };
  readonly url?: string | undefined;
}

/** What `authorizer.authenticate` gives. */
export interface Authenticated<User = any> {
  /** As `deserializeUser` gave it. */
  readonly user: User;
  /** A secret: who knows it is logged in. */
  readonly sessionID: string;
}

/** For `authorizer.ready`. */
export interface ReadyOptions {
  /** Tries again for so many milliseconds. The last attempt may take the option `timeout` longer. Default: 0. */
  readonly retryFor?: number | undefined;
}

/** A Server of Socket.IO 1.0 or later. */
export interface SocketServer {
  readonly sockets: object;
  of(...args: any[]): any;
}

/** For `authorizer.protect`. */
export interface ProtectOptions {
  /** Namespaces that are not guarded. Default: none. */
  readonly except?: NamespaceRule | readonly NamespaceRule[] | null | undefined;
}

/**
 * The name of a namespace, a RegExp (its `lastIndex` does not matter), or a function, asked once for each namespace. A
 * function that throws, or gives a promise, excepts nothing, and a process warning says so (`EXCEPT_ERROR`).
 */
export type NamespaceRule = string | RegExp | ((name: string) => boolean);

export {};
