// What the callbacks of an app get.

import type { IncomingMessage } from 'http';
import type { FailureCode } from './report';

/**
 * The request (the handshake data, in 0.9) with the members that the authorizer sets. They replace what an app declares
 * in its `IncomingMessage`, such as a `user` that may be missing or has another type.
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
  /** The user under another `userProperty`, 0.9's `query` and `xdomain`, and members that the app adds. */
  [property: string]: any;
}

export interface AuthorizedRequest<User = any> extends HandshakeRequest {
  user: User & { logged_in: true };
}

export interface RefusedRequest<User = any> extends HandshakeRequest {
  /** There is a user after `CALLBACK_ERROR` only. */
  user: Guest | (User & { logged_in: true });
}

/** The value of `user` until the user is known, and for good where `fail` lets the client in. */
export interface Guest {
  logged_in: false;
}

/** More about a failure than the original's arguments say. */
export interface FailInfo {
  readonly code: FailureCode;
  /** The reason in this situation, what to do, and where to read on: for the developer, not for the client. Made when it is read. */
  readonly hint?: string | undefined;
  /** The store's error, or the value that was given or thrown, where there is one. */
  readonly cause?: unknown;
}

// Keeps the declarations without `export` private.
export {};
