// Messages of the diagnostics channels (node:diagnostics_channel). A channel gives `unknown`: an app casts it.

import type { Backend, BackendState, FailureCode, SessionEndReason } from './report';

/** What all messages about an authorization have. */
interface AttemptMessage {
  /** The request; the handshake data of Socket.IO 0.9. */
  readonly request: any;
  /** The socket, and the name of its namespace. Absent under `allowRequest`, for `authenticate`, and in Socket.IO 0.9. */
  readonly socket?: any;
  readonly namespace?: string;
  /** Milliseconds from the turn of the authorization to its decision. One that never had its turn took 0. */
  readonly durationMs: number;
  readonly backend: Backend;
}

/** `passport-socketio-native:authorized`: `success` has let a user in, or `authenticate` has found one. */
export interface AuthorizedMessage<User = any> extends AttemptMessage {
  readonly user: User;
}

/** `passport-socketio-native:refused`: a client was refused, by `fail`, by `success` or by `authenticate`. */
export interface RefusedMessage<User = any> extends AttemptMessage {
  readonly code: FailureCode;
  /** The usual reason and what to do, for the developer. */
  readonly hint: string;
  /** The store's error, or the value that a callback gave or threw, where there is one. */
  readonly cause?: unknown;
  /** The user, where one was found: after `REFUSED` and `CALLBACK_ERROR`. */
  readonly user?: User;
}

/**
 * `passport-socketio-native:session-end`: the session of a connected socket has ended (option `onSessionEnd`), or that of a request
 * (`authorizer.watch`), which has no `socket` and no `namespace`.
 */
export interface SessionEndMessage<User = any> {
  readonly reason: SessionEndReason;
  readonly request: any;
  readonly socket?: any;
  readonly namespace?: string;
  readonly user?: User;
  readonly backend: Backend;
}

/** `passport-socketio-native:backend`: the connection to Redis, or the store, has another state. */
export interface BackendMessage {
  readonly backend:
    | { readonly kind: 'redis'; readonly address: string }
    | { readonly kind: 'store'; readonly reason: string };
  readonly state: Exclude<BackendState, 'idle'>;
  /** Why; null where it is up, and where nothing has failed. */
  readonly cause: string | null;
}

/**
 * `tracing:passport-socketio-native:authorize:start`, `:end`, `:asyncStart`, `:asyncEnd` and `:error`: one object for all
 * events of an authorization, to which an app may add members of its own. `code`, `hint`, `cause`, `user` and `durationMs` are there
 * from the decision on. A guest has a `code`, and no `error`.
 */
export interface AuthorizeTrace<User = any> extends Omit<AttemptMessage, 'durationMs'> {
  readonly durationMs?: number;
  readonly code?: FailureCode;
  readonly hint?: string;
  readonly cause?: unknown;
  readonly user?: User;
  /** Where the client is refused: the error that Socket.IO gets, or would get as a middleware's. */
  readonly error?: unknown;
  [member: string | symbol]: unknown;
}

export {};
