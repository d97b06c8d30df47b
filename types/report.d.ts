// What an authorizer reports.

/** Why a client was refused. Stable, unlike the messages. */
export type FailureCode =
  // 'Can not read cookies from CORS-Requests. See CORS-Workaround in the readme.'
  | 'CORS_NO_SESSION'
  // 'No session found'
  | 'NO_COOKIE'
  | 'COOKIE_NOT_SIGNED'
  | 'BAD_SIGNATURE'
  | 'SESSION_NOT_FOUND'
  // 'Error in session store:\n' and the cause; critical. BAD_SESSION: its text is not JSON
  | 'STORE_ERROR'
  | 'STORE_TIMEOUT'
  | 'OVERLOADED'
  | 'BAD_SESSION'
  // 'Passport was not initialized'; critical. Also for a session without any login
  | 'PASSPORT_NOT_INITIALIZED'
  // 'User not authorized through passport. (User Property not found)'
  | 'NOT_LOGGED_IN'
  // the value that deserializeUser gave, or that success threw; critical
  | 'DESERIALIZE_ERROR'
  | 'CALLBACK_ERROR'
  // 'User not found'
  | 'USER_NOT_FOUND'
  // 'Error in deserializing the user': deserializeUser did not answer within `timeout`; critical
  | 'DESERIALIZE_TIMEOUT'
  // 'Too many attempts': one client connection has too many authorizations under way
  | 'TOO_MANY_ATTEMPTS'
  // 'Origin not allowed': the option origin does not allow the page
  | 'ORIGIN_NOT_ALLOWED'
  // success or fail called accept(null, false), or accept with another falsy value (Socket.IO >= 1.0)
  | 'REFUSED'
  // the authorizer was closed
  | 'CLOSED';

/** A snapshot, plain and fit for JSON. */
export type Backend =
  /** Natively. `address` without credentials: `'redis://127.0.0.1:6379/0'`. */
  | (BackendHealth & { readonly kind: 'redis'; readonly address: string; readonly reason: string })
  /** Through `store.get`. */
  | (BackendHealth & { readonly kind: 'store'; readonly reason: string });

/**
 * `'idle'`: nothing was looked up yet. `'connecting'`: the addon connects, look-ups wait. `'up'`: look-ups are answered; of a
 * Redis Cluster, those of every slot. `'down'`: look-ups fail; also after `close()`. Of a store, as its last answer was.
 */
export type BackendState = 'idle' | 'connecting' | 'up' | 'down';

export interface BackendHealth {
  readonly state: BackendState;
  /**
   * Why a connection or a look-up in the store failed last, without secrets; null as long as none has. It stays when the state
   * is `'up'` again.
   */
  readonly lastError: string | null;
}

export interface Stats {
  /** Attempts whose user was found, also if `success` then refused; `authenticate` included. */
  readonly authorized: number;
  /** Attempts that went to `fail`, also if it then let the client in as a guest; and rejections of `authenticate`. */
  readonly refused: number;
  /** Authorizations under way: in their look-up, or in a callback that has not called `accept` within `timeout`. */
  readonly pending: number;
  /** How often each code occurred; one that never did is absent. */
  readonly failures: { readonly [Code in FailureCode]?: number };
  /** Milliseconds of look-ups, and how many were timed; all 0 when none was. */
  readonly latency: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
    readonly count: number;
  };
  /**
   * How queries by criteria were answered in this process: from the index alone, or by reading users, because a property
   * is not indexed.
   */
  readonly filters: { readonly indexed: number; readonly scanned: number };
  /** How often the native connection was made again after a loss. Authorizers with the same target share it. */
  readonly reconnects: number;
  /** The sessions that are watched; null without the option `onSessionEnd`, as long as `watch` was not called either. */
  readonly watch: WatchStats | null;
}

/**
 * Why a session has ended: `'destroyed'`: it is gone before its time, or can no longer be read; `'expired'`: its time was over;
 * `'logged-out'`: it is there, without a user; `'user-changed'`: another user is in it. Passport since 0.6 makes a new session
 * at each log-in and log-out; at a log-out it takes the user out of the old one, then destroys it: either is seen first.
 */
export type SessionEndReason = 'destroyed' | 'expired' | 'logged-out' | 'user-changed';

export interface WatchStats {
  /** `'tracking'`: Redis tells of changes. `'poll'`: each session is read every `recheckEvery` ms. null: not known yet. */
  readonly tier: 'tracking' | 'poll' | null;
  /** How many distinct sessions are watched. */
  readonly sessions: number;
  /** How many sockets, and requests of `watch`, are watched. */
  readonly sockets: number;
  /** How many of them were ended, by reason. */
  readonly ended: { readonly [Reason in SessionEndReason]: number };
}
