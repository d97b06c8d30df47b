// Written by hand: the public contract. It names no type of Socket.IO, Express or Passport. What an app hands
// in is described by the few members that are used, so that any version, several copies, or none of their
// typings will do, and nothing is added to a global or to another module. @types/node is needed, as for
// Socket.IO itself.

/// <reference types="node" />

import type { CipherKey } from 'crypto';
import type { IncomingMessage } from 'http';
import type { Origin } from './types/origin';
import type { RedisLocation } from './types/redis';
import type { Backend, FailureCode, Stats } from './types/report';
import type { Criteria, IsAny, SocketOf, SocketSource, ValuesOf } from './types/sockets';

export type {
  RedisCluster,
  RedisLocation,
  RedisNode,
  RedisSentinel,
  RedisServer,
  RedisSettings,
  RedisTls,
} from './types/redis';
export type { Origin, OriginRule } from './types/origin';
export type { Backend, FailureCode, Stats } from './types/report';
export type { Criteria, Indexable, SocketOf, SocketSource } from './types/sockets';

/**
 * A middleware that lets a client in when the session named by its express-session cookie has a Passport
 * user.
 *
 * ```ts
 * io.use(authorize<Express.User>({ secret: 'keyboard cat', store: sessionStore }));
 * ```
 *
 * `User` is what `passport.deserializeUser` gives. Without it, requests and users are `any`, as in
 * @types/passport.socketio.
 *
 * @throws {TypeError} when an option is missing or wrong: at once, not at the first connection.
 * @throws {Error} when `passport` is neither given nor installed.
 */
export function authorize<User = any>(options: AuthorizeOptions<User>): Authorizer<User>;

/**
 * The sockets whose user matches, in the order of the list; of a Server or Namespace, in the order in which they
 * connected. A socket without a user is passed over.
 *
 * To have both the user and the sockets typed, annotate the predicate's parameter. Written out, as in
 * `filterSocketsByUser<Account>(…)`, the type argument types the user only, and the sockets are `any`: TypeScript does
 * not infer the second one then.
 *
 * ```ts
 * for (const socket of filterSocketsByUser(io, (user: Account) => user.admin)) socket.emit('hello');
 * for (const socket of filterSocketsByUser(io, { role: ['admin', 'mod'], 'team.id': 7 })) socket.emit('hello');
 * ```
 *
 * @param target a Server or Namespace of Socket.IO 0.9 to 4 (a Server stands for its default namespace), or
 *   sockets in an array, a Set, a Map (its values) or any other iterable.
 * @param match a predicate, also asked about the {@link Guest}s that a `fail` let in, which must answer at once: a
 *   promise would match everyone; or {@link Criteria}, answered natively where the properties are indexed.
 */
export function filterSocketsByUser<User = any, Target extends SocketSource = any>(
  target: Target,
  match: ((user: User) => boolean) | Criteria,
): SocketOf<Target>[];

/** How many sockets {@link filterSocketsByUser} would find; of indexed properties, without looking at one. */
export function countSocketsByUser<User = any>(
  target: SocketSource,
  match: ((user: User) => boolean) | Criteria,
): number;

/** The `Error` of the default `fail`. A Socket.IO client gets its `message` and `data` in `connect_error`. */
export class AuthorizationError extends Error {
  private constructor();
  readonly code: FailureCode;
  /** What a client receives beside the message. Absent for one of Socket.IO 1 or 2: it would get this instead. */
  readonly data?: { readonly code: FailureCode };
  /** What the store or `deserializeUser` gave, where one of them is the reason. Not sent to the client. */
  readonly cause?: unknown;
}

/**
 * The sessions are in `store`, or in Redis at `redis`; one of the two is required. What an app adds to
 * {@link PassportSocketIoOptions} may be there too.
 */
export type AuthorizeOptions<User = any> = (
  OptionsWithRedis<User> | OptionsWithStore<User> | OptionsWithClient<User>
) &
  Omit<PassportSocketIoOptions, keyof OptionsWithStore>;

/** The name in @types/passport.socketio, and without a type parameter as there: apps augment this interface. */
export interface PassportSocketIoOptions extends OptionsWithStore {}

export interface OptionsWithRedis<User = any> extends CommonOptions<User> {
  /** Where the sessions are. No store is needed then. */
  redis: RedisLocation;
  store?: SessionStore | undefined;
  client?: undefined;
}

export interface OptionsWithStore<User = any> extends CommonOptions<User> {
  /**
   * The store that express-session was given. Its Redis is asked natively where its `get` is one that connect-redis has
   * published and its client is proven to lead there, see {@link Authorizer.backend}; else its `get` is. It is never
   * asked for a visitor without a session id.
   */
  store: SessionStore;
  redis?: RedisLocation | undefined;
  client?: undefined;
}

/** As {@link OptionsWithStore}, for a store that hides its client: connect-redis 7 and 8. */
export interface OptionsWithClient<User = any> extends CommonOptions<User> {
  store: SessionStore;
  redis?: undefined;
  /** The node-redis or ioredis client that the store was given. */
  client: object | undefined;
}

interface CommonOptions<User> {
  /** Name of the session cookie, as express-session's `name`. Default `'connect.sid'`. */
  key?: string | undefined;
  /**
   * What express-session signs the cookie with; in an array, any of them may have signed it. Left out, no cookie counts; there
   * and undefined, an environment variable that is not set, it is a TypeError at run time.
   */
  secret?: Secret | readonly Secret[] | undefined;
  /** What the key of a session in Redis begins with. Default: the store's own prefix, else `'sess:'`. */
  prefix?: string | undefined;
  /**
   * Milliseconds that each step may take that waits for somebody: the look-up, beyond them `STORE_TIMEOUT`;
   * `deserializeUser`, `DESERIALIZE_TIMEOUT`; `fail`, which then refuses with the error it was asked about. A `success` is
   * waited for. The latter two emit a process warning, once. Default 5000.
   */
  timeout?: number | undefined;
  /**
   * Connections that may be under way at once, beyond them `OVERLOADED`. Each counts until `accept` is called, the time of
   * its step is over, or the client has gone. What one client connection may have under way is limited besides:
   * `TOO_MANY_ATTEMPTS`. Default 10000.
   */
  maxPending?: number | undefined;
  /** Which pages may connect, see {@link Origin}. Default: all, with one process warning (`ORIGIN_UNCHECKED`). */
  origin?: Origin | undefined;
  /**
   * Whether `?session_id=` wins over the cookie: `true`, the bare session id, as in passport.socketio, or the cookie's
   * value (`s:<id>.<mac>`); `'signed'`, the latter only; `false`, never. Default `true`, with one process warning.
   */
  sessionIdInQuery?: boolean | 'signed' | undefined;
  /** The Passport that has `deserializeUser`. Default: `require('passport')` of the app. */
  passport?: Passport | undefined;
  /** `cookieParser` itself, uncalled. That of cookie-parser is replaced by native parsing, which is the default. */
  cookieParser?: CookieParser | undefined;
  /**
   * Properties of the user by which sockets can be looked up natively: names, or paths such as `'team.id'`. Their
   * values (string, number, boolean, bigint, null) are as of the connection, see {@link Authorizer.reindex}.
   * Default: none.
   */
  index?: readonly string[] | undefined;
  /**
   * Rooms that each authorized socket joins before the app hears of it, such as `['user:' + user.id]`. Socket.IO's
   * adapters carry rooms across processes: `io.to('user:42')`, `io.in('user:42').disconnectSockets()`. Called before
   * `success`; what it throws goes to `fail` as `CALLBACK_ERROR`, and a process warning is emitted.
   * Default: none.
   */
  rooms?: ((user: User, data: any) => string | Iterable<string> | null | undefined) | undefined;
  /** Name of the request's property that gets the user. Default `'user'`, the only one that is typed. */
  userProperty?: string | undefined;
  /**
   * Called with a user: must call `accept()` to let the client in, see {@link Accept}. Default: lets it in.
   * What it throws or rejects with goes to `fail` as `CALLBACK_ERROR`. `this` is a copy of the options.
   */
  success?: ((data: Shown<User, AuthorizedRequest<User>>, accept: Accept) => unknown) | undefined;
  /**
   * Called without a user: may call `accept()` to let the client in as a {@link Guest}, who has no user, no rooms and no
   * entry in the index, whatever failed. Asked about `TOO_MANY_ATTEMPTS` it has to decide at once. Default: refuses with
   * an {@link AuthorizationError}, in the 0.9 style with `accept(null, false)`. What it throws, or its
   * promise rejects with, refuses the client, and a process warning is emitted. `this` is as in `success`.
   *
   * @param message a text, except for `DESERIALIZE_ERROR` and `CALLBACK_ERROR`: there the very value that was
   *   given or thrown.
   * @param critical whether it is the server's fault, rather than a visitor without a login.
   */
  fail?:
    | ((
        data: Shown<User, RefusedRequest<User>>,
        message: any,
        critical: boolean,
        accept: Accept,
        info: FailInfo,
      ) => unknown)
    | undefined;
}

/** As in the typings of express-session. */
export type Secret = CipherKey;

/** As much of express-session's `Store` as is used. */
export interface SessionStore {
  get(sid: string, callback: (err: any, session?: any) => void): unknown;
}

/** As much of a Passport `Authenticator` as is typed: the package's default one, or any `new Passport()`. */
export interface Passport {
  deserializeUser(...args: any[]): any;
}

/**
 * As cookie-parser: makes a middleware that sets `signedCookies`, or `cookies` where it has no secret.
 * `Function` is for code that casts `cookieParser` to Express's `RequestHandler`, as @types/passport.socketio
 * demanded.
 */
export type CookieParser = ((secret?: any, options?: any) => CookieMiddleware) | Function;

export type CookieMiddleware = (req: any, res: any, next: (err?: any) => void) => unknown;

/**
 * Decides, once; later calls are ignored. With Socket.IO >= 1.0, `accept()`, `accept(null)` and `accept(null, true)` let
 * the client in; `accept(error)` and `accept(null, false)` refuse it, and so does every other falsy value, with a process
 * warning (`FALSY_ACCEPT`). In the 0.9 style and under `allowRequest` only `accept(null, true)` lets it in.
 */
export type Accept = (err?: any, accepted?: boolean) => void;

/**
 * The request (the handshake data, in 0.9) with what the authorizer sets on it. Not what an app declares these members
 * of its `IncomingMessage` to be: a `user` that may be missing, of another type.
 */
interface HandshakeRequest extends Omit<
  IncomingMessage,
  'user' | 'socketio_version_1' | 'cookie' | 'sessionID'
> {
  /** `true` with Socket.IO >= 1.0, absent in the 0.9 style. */
  socketio_version_1?: true;
  /** cookie-parser's `signedCookies`: a forged one is `false`. An object without prototype. */
  cookie: { [name: string]: any };
  /** `''` where the client sent none. */
  sessionID: string;
  /** The user under another `userProperty`, 0.9's `query` and `xdomain`, and what the app puts here. */
  [property: string]: any;
}

export interface AuthorizedRequest<User = any> extends HandshakeRequest {
  user: User & { logged_in: true };
}

export interface RefusedRequest<User = any> extends HandshakeRequest {
  /** There is a user after `CALLBACK_ERROR` only. */
  user: Guest | (User & { logged_in: true });
}

/** Stands in for the user until one is known, and for good where `fail` lets the client in. */
export interface Guest {
  logged_in: false;
}

/** More about a failure than the original's arguments say. */
export interface FailInfo {
  readonly code: FailureCode;
  /** What usually lies behind it and what to do, for the developer; not for the client. */
  readonly hint?: string | undefined;
  /** The store's error or the value that was given or thrown, where there is one. */
  readonly cause?: unknown;
}

/** What `io.use`, `namespace.use`, `allowRequest` and 0.9's `io.set('authorization', …)` take. */
export interface Authorizer<User = any> {
  /** `allowRequest` of Engine.IO, and Socket.IO 0.9. */
  (handshakeData: { headers: object }, accept: (err: any, accepted: boolean) => void): void;
  /** Socket.IO >= 1.0. Last, so that `Parameters` of it are these. */
  (socket: { readonly request: object }, next: (err?: any) => void): void;

  /** Who answers look-ups now, and why. Once fallen back to the store it stays there. */
  readonly backend: Backend;
  /** What happened since `authorize()`; `filters`, in this process. A snapshot. */
  stats(): Stats;
  /**
   * Reads the indexed properties of the socket's user anew. A connected socket that no authorizer with an index has seen,
   * one that Socket.IO recovered, is registered. Without the option `index` it does nothing.
   * @throws {TypeError} for what is no object.
   */
  reindex(socket: object): void;
  /**
   * Who is online: the values that an indexed property has among the users of the sockets that this authorizer let in,
   * in all namespaces, and how many sockets have each.
   * @throws {TypeError} for a property that is not indexed.
   */
  users<Property extends string>(property: Property): Map<ValuesOf<User, Property>, number>;
  /** Ends the connection to Redis. Pending and later calls fail with `CLOSED`. May be called twice. */
  close(): void;
}

/**
 * `Request` for the callbacks, or `any` where the user is: old code reads whatever it put on the request. The
 * indexing keeps TypeScript from inferring `User` from the annotations of old callbacks, which need not agree
 * (`NoInfer` does the same, but only from TypeScript 5.4 on).
 */
type Shown<User, Request> = [IsAny<User> extends true ? any : Request][User extends any ? 0 : never];

// Keeps the declarations without `export` private.
export {};
