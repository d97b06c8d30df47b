// The public contract, written by hand. It names no type of Socket.IO, Express or Passport: objects of the app are
// described by the few members that are used. So any version works, several copies too, and none of their typings is
// needed. Nothing is added to a global or to another module. @types/node is needed, as for Socket.IO itself.

/// <reference types="node" />

import type { CipherKey } from 'crypto';
import type { Authorizer } from './types/authorizer';
import type { Origin } from './types/origin';
import type { RedisLocation } from './types/redis';
import type { FailureCode, SessionEndReason } from './types/report';
import type { AuthorizedRequest, FailInfo, RefusedRequest } from './types/request';
import type { Criteria, IsAny, SocketOf, SocketSource } from './types/sockets';

export type {
  Authenticated,
  Authorizer,
  NamespaceRule,
  ProtectOptions,
  ReadyOptions,
  RequestToAuthenticate,
  SocketServer,
} from './types/authorizer';
export type {
  RedisCluster,
  RedisLocation,
  RedisNode,
  RedisSentinel,
  RedisServer,
  RedisSettings,
  RedisTls,
} from './types/redis';
export type {
  AuthorizeTrace,
  AuthorizedMessage,
  BackendMessage,
  RefusedMessage,
  SessionEndMessage,
} from './types/diagnostics';
export type { ExplainedMember, ExplainedStep, Explanation, StepStatus } from './types/explanation';
export type { Origin, OriginRule } from './types/origin';
export type {
  Backend,
  BackendHealth,
  BackendState,
  FailureCode,
  SessionEndReason,
  Stats,
  WatchStats,
} from './types/report';
export type { AuthorizedRequest, FailInfo, Guest, RefusedRequest } from './types/request';
export type { Criteria, Indexable, SocketOf, SocketSource } from './types/sockets';

/**
 * Makes a middleware that lets a client in when the session of its express-session cookie has a Passport user.
 *
 * ```ts
 * io.use(authorize<Express.User>({ secret: 'keyboard cat', store: sessionStore }));
 * ```
 *
 * `User` is the type that `passport.deserializeUser` gives. Without it, requests and users are `any`, as in
 * @types/passport.socketio.
 *
 * @throws {TypeError} when an option is missing or wrong: at once, not at the first connection.
 * @throws {Error} when `passport` is neither given nor installed.
 */
export function authorize<User = any>(options: AuthorizeOptions<User>): Authorizer<User>;

/**
 * The sockets whose user matches, in the order of the list; of a Server or Namespace, in the order in which they
 * connected. Sockets without a user are skipped.
 *
 * To type both the user and the sockets, annotate the predicate's parameter. An explicit type argument, as in
 * `filterSocketsByUser<Account>(…)`, types the user only: TypeScript does not infer the second one then, and the sockets
 * are `any`.
 *
 * ```ts
 * for (const socket of filterSocketsByUser(io, (user: Account) => user.admin)) socket.emit('hello');
 * for (const socket of filterSocketsByUser(io, { role: ['admin', 'mod'], 'team.id': 7 })) socket.emit('hello');
 * ```
 *
 * @param target a Server or Namespace of Socket.IO 0.9 to 4 (a Server stands for its default namespace), or
 *   sockets in an array, a Set, a Map (its values) or any other iterable. A `RemoteSocket` has the user that the option
 *   `share` shows.
 * @param match a predicate, which must answer synchronously (a promise is truthy) and also gets the {@link Guest}s that
 *   `fail` let in; or {@link Criteria}, answered natively where the properties are indexed.
 */
export function filterSocketsByUser<User = any, Target extends SocketSource = any>(
  target: Target,
  match: ((user: User) => boolean) | Criteria,
): SocketOf<Target>[];

/** How many sockets {@link filterSocketsByUser} would find. Indexed properties are counted without reading a socket. */
export function countSocketsByUser<User = any>(
  target: SocketSource,
  match: ((user: User) => boolean) | Criteria,
): number;

/**
 * The `Error` of the default `fail`, and of `recheck` and `authenticate`. A Socket.IO client gets `message` and `data` of the former in
 * `connect_error`.
 */
export class AuthorizationError extends Error {
  private constructor();
  readonly code: FailureCode;
  /** Sent to the client beside the message. Absent for clients of Socket.IO 1 and 2: they would get it instead of the message. */
  readonly data?: { readonly code: FailureCode };
  /** The error of the store or of `deserializeUser`, where one of them failed. Not sent to the client. */
  readonly cause?: unknown;
  /** What the developer can do about it. Only on errors of {@link Authorizer.recheck} and {@link Authorizer.authenticate}. */
  readonly hint?: string;
}

/**
 * The sessions are in `store`, or in Redis at `redis`: one of the two is required. Members that an app adds to
 * {@link PassportSocketIoOptions} are allowed too.
 */
export type AuthorizeOptions<User = any> = (
  OptionsWithRedis<User> | OptionsWithStore<User> | OptionsWithClient<User>
) &
  Omit<PassportSocketIoOptions, keyof OptionsWithStore>;

/** The name in @types/passport.socketio, without a type parameter, as there: apps augment this interface. */
export interface PassportSocketIoOptions extends OptionsWithStore {}

export interface OptionsWithRedis<User = any> extends CommonOptions<User> {
  /** Where the sessions are. No `store` is needed then. */
  redis: RedisLocation;
  store?: SessionStore | undefined;
  client?: undefined;
}

export interface OptionsWithStore<User = any> extends CommonOptions<User> {
  /**
   * The store that express-session uses. Look-ups are native where its `get` is one that connect-redis has published, and
   * after a check that the addon sees the same sessions, see {@link Authorizer.backend}; else `get` is called. It is never
   * called for a client without a session id.
   */
  store: SessionStore;
  redis?: RedisLocation | undefined;
  client?: undefined;
}

/** As {@link OptionsWithStore}, for a store that hides its client: connect-redis 7 and 8. */
export interface OptionsWithClient<User = any> extends CommonOptions<User> {
  store: SessionStore;
  redis?: undefined;
  /** The node-redis or ioredis client that the store uses. */
  client: object | undefined;
}

interface CommonOptions<User> {
  /** Name of the session cookie, as express-session's `name`. Default `'connect.sid'`. */
  key?: string | undefined;
  /**
   * The secret of express-session; in an array, any of them may have signed the cookie. Without it no cookie counts, and a
   * process warning says so (`NO_SECRET`). `undefined`, as of an environment variable that is not set, is a TypeError at
   * run time.
   */
  secret?: Secret | readonly Secret[] | undefined;
  /** Prefix of the session keys in Redis. Default: the store's own prefix, else `'sess:'`. */
  prefix?: string | undefined;
  /**
   * Milliseconds that each waiting step may take. The look-up then fails with `STORE_TIMEOUT`, `deserializeUser` with
   * `DESERIALIZE_TIMEOUT`; a `fail` that has not decided refuses the client; a `success` that has not decided is waited
   * for. The latter two emit a process warning, once. Default 5000.
   */
  timeout?: number | undefined;
  /**
   * Authorizations that may be under way at once; further ones fail with `OVERLOADED`. Each counts until `accept` is called,
   * the time of its step is over, or the client has left. One client connection has a smaller limit of its own:
   * `TOO_MANY_ATTEMPTS`. Default 10000.
   */
  maxPending?: number | undefined;
  /** Which pages may connect, see {@link Origin}. Default: all, with one process warning (`ORIGIN_UNCHECKED`). */
  origin?: Origin | undefined;
  /**
   * Whether `?session_id=` is taken before the cookie. `true`: the bare session id, as in passport.socketio, or the cookie's
   * value (`s:<id>.<mac>`); `'signed'`: the latter only; `false`: never. Default `true`, with one process warning when a
   * bare id let somebody in (`BARE_SESSION_ID`).
   */
  sessionIdInQuery?: boolean | 'signed' | undefined;
  /** The app's Passport. Default: `require('passport')` of the app. */
  passport?: Passport | undefined;
  /** The function `cookieParser` itself, not called. The standard cookie-parser is replaced by native parsing, the default. */
  cookieParser?: CookieParser | undefined;
  /**
   * Properties of the user by which sockets are found natively: names, or paths such as `'team.id'`. Their values (string,
   * number, boolean, bigint, null) are read when the socket connects, and by {@link Authorizer.reindex}. Default: none.
   */
  index?: readonly string[] | undefined;
  /**
   * Rooms that each authorized socket joins before its `connection` event, such as `['user:' + user.id]`. Rooms work across
   * processes by Socket.IO's adapters: `io.to('user:42')`, `io.in('user:42').disconnectSockets()`. Called before `success`;
   * an error goes to `fail` as `CALLBACK_ERROR`, and a process warning is emitted. Default: none.
   */
  rooms?: ((user: User, data: any) => string | Iterable<string> | null | undefined) | undefined;
  /**
   * Properties of the user that are copied to `socket.data[userProperty]` when the socket is let in: names, or paths such as
   * `'team.id'`, which give `{ team: { id } }`. Socket.IO's adapters show `socket.data` on all nodes, so that
   * {@link filterSocketsByUser} works on what `io.fetchSockets()` gives. Values are as after JSON (a bigint is a string);
   * what JSON does not have is left out. What the app has put there stays. For Socket.IO 4. Default: none.
   */
  share?: readonly string[] | undefined;
  /**
   * What happens to a connected socket whose session ends, see {@link SessionEndReason}. `'disconnect'` closes its whole
   * connection, with all namespaces. A function is called once for each socket that an authorization has let in, and the
   * socket stays connected; an error that it throws or rejects with emits a process warning (`SESSION_END_ERROR`). `this` is
   * a copy of the options. Guests are not watched. A store that cannot be asked ends nobody. Default: nothing is watched.
   */
  onSessionEnd?: 'disconnect' | ((socket: any, reason: SessionEndReason) => unknown) | undefined;
  /**
   * Milliseconds between two reads of each session where changes can be noticed in no better way, at least 100. Default
   * 30000.
   */
  recheckEvery?: number | undefined;
  /** Property of the request that gets the user. Default `'user'`, the only one that is typed. */
  userProperty?: string | undefined;
  /**
   * Called when there is a user. It must call `accept()` to let the client in, see {@link Accept}. Default: lets it in. An
   * error that it throws or rejects with goes to `fail` as `CALLBACK_ERROR`. `this` is a copy of the options.
   */
  success?: ((data: Shown<User, AuthorizedRequest<User>>, accept: Accept) => unknown) | undefined;
  /**
   * Called when there is no user. It may call `accept()` to let the client in as a {@link Guest}, without user, rooms and
   * index entry, whatever failed. For `TOO_MANY_ATTEMPTS` it must decide in the call. Default: refuses with an
   * {@link AuthorizationError}, in the 0.9 style with `accept(null, false)`. An error that it throws or rejects with
   * refuses the client, and a process warning is emitted. `this` is as in `success`.
   *
   * @param message a text; for `DESERIALIZE_ERROR` and `CALLBACK_ERROR` the very value that was given or thrown.
   * @param critical as in the original: `true` for faults of the server, and for `PASSPORT_NOT_INITIALIZED`, which since
   *   Passport 0.3 is a client without a login, and `CLOSED`.
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

/** The part of express-session's `Store` that is used. */
export interface SessionStore {
  get(sid: string, callback: (err: any, session?: any) => void): unknown;
}

/** The part of a Passport `Authenticator` that is typed: the package's default one, or any `new Passport()`. */
export interface Passport {
  deserializeUser(...args: any[]): any;
}

/**
 * As cookie-parser: makes a middleware that sets `signedCookies`, or `cookies` where it has no secret. `Function` allows
 * code that casts `cookieParser` to Express's `RequestHandler`, as @types/passport.socketio required.
 */
export type CookieParser = ((secret?: any, options?: any) => CookieMiddleware) | Function;

export type CookieMiddleware = (req: any, res: any, next: (err?: any) => void) => unknown;

/**
 * Decides once; later calls are ignored. With Socket.IO >= 1.0, `accept()`, `accept(null)` and `accept(null, true)` let
 * the client in; `accept(error)` and `accept(null, false)` refuse it, and so does every other falsy value, with a process
 * warning (`FALSY_ACCEPT`). In the 0.9 style and under `allowRequest` only `accept(null, true)` lets it in.
 */
export type Accept = (err?: any, accepted?: boolean) => void;

/**
 * `Request` for the callbacks, or `any` where the user is `any`: old code reads what it has put on the request. The
 * indexing keeps TypeScript from inferring `User` from the annotations of old callbacks, which need not agree
 * (`NoInfer` does the same, from TypeScript 5.4 on).
 */
type Shown<User, Request> = [IsAny<User> extends true ? any : Request][User extends any ? 0 : never];

// Keeps the declarations without `export` private.
export {};
