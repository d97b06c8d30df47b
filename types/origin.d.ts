// Which pages may connect.

import type { IncomingMessage } from 'http';

/**
 * - `'same-host'`: those whose host and port are those of the Host header, default ports left out.
 * - `'cors'`: the same, and what the Socket.IO server's own `cors.origin` allows. Under `allowRequest`, where that cannot be
 *   seen: the same host, and a process warning (`CORS_NOT_SEEN`).
 * - origins such as `'https://app.example.com'`, compared as browsers send them (`'null'`, `'capacitor://localhost'` too),
 *   and RegExps: one, or a list.
 * - a function that is asked about each origin; it refuses when it throws, or has not answered within `timeout`.
 * - `false`: everybody.
 *
 * A request without an Origin passes, unless a page of another origin made it (JSONP, `Sec-Fetch-Site`).
 */
export type Origin =
  | 'same-host'
  | 'cors'
  | OriginRule
  | readonly OriginRule[]
  | ((
      origin: string,
      request: IncomingMessage & { [property: string]: any },
    ) => boolean | PromiseLike<boolean>)
  | false;

export type OriginRule = (string & {}) | RegExp;
