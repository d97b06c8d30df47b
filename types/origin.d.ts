// Which pages may connect.

import type { IncomingMessage } from 'http';

/**
 * - `'same-host'`: pages whose host and port are those of the Host header; default ports are normalized.
 * - `'cors'`: the same host, and the origins that the Socket.IO server's own `cors.origin` allows. Under `allowRequest`,
 *   where it is not visible: the same host, and a process warning (`CORS_NOT_SEEN`).
 * - origins such as `'https://app.example.com'`, compared as browsers send them (`'null'`, `'capacitor://localhost'` too),
 *   and RegExps: one, or a list.
 * - a function, called with each origin; the page is refused when it throws, rejects, or has not answered within `timeout`.
 * - `false`: everybody.
 *
 * A request without an Origin is allowed, unless a page of another origin sent it (JSONP, `Sec-Fetch-Site`).
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
