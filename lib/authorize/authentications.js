'use strict';

const { inspect } = require('node:util');
const { LiveSessions } = require('../live');

/** `authorizer.authenticate` and `authorizer.watch` of one authorizer: for connections that Socket.IO does not know. */
class Authentications {
  #authorizer;
  #run;
  /** By request: its session, and the user, as it was let in last. */
  #letIn = new WeakMap();
  /** @type {LiveSessions | undefined} where the option `onSessionEnd` is not given: made for the first that is watched */
  #live;

  /**
   * @param {{ live: LiveSessions | null, options: object, backend: object }} authorizer
   * @param {(request: object) => Promise<{ user: unknown, id: string, identity: string }>} run - finds out who it is
   */
  constructor(authorizer, run) {
    this.#authorizer = authorizer;
    this.#run = run;
  }

  /**
   * Who is behind a request.
   * @returns {Promise<{ user: unknown, sessionID: string }>}
   */
  async authenticate(request) {
    const complaint = complaintAbout(request);
    if (complaint) throw new TypeError(`authorizer.authenticate(request): request ${complaint}`);
    this.#letIn.delete(request);
    const session = await this.#run(request);
    this.#letIn.set(request, session);
    return { user: session.user, sessionID: session.id };
  }

  /**
   * Tells of the end of the session by which a request was let in.
   * @param {(reason: string) => unknown} onEnd
   * @returns {() => void} stops that
   * @throws {TypeError}
   */
  watch(request, onEnd) {
    if (typeof onEnd !== 'function') {
      throw new TypeError('authorizer.watch(request, callback): callback must be a function (reason).');
    }
    const session = isObject(request) ? this.#letIn.get(request) : undefined;
    if (session === undefined) {
      throw new TypeError(
        'authorizer.watch(request, callback): this request was not let in: await authorizer.authenticate(request) first, and ' +
          'give the same object.',
      );
    }
    // One for each authorizer: a backend opens one watch.
    const { options, backend } = this.#authorizer;
    if (this.live === null) this.#live = new LiveSessions(options, backend);
    return this.live.watchRequest(request, session, onEnd);
  }

  /** @returns {LiveSessions | null} null as long as nothing may be watched */
  get live() {
    return this.#authorizer.live ?? this.#live ?? null;
  }

  /** The value of `stats().watch`. */
  watchStats() {
    return this.live?.stats() ?? null;
  }

  /** Watching stops; nobody is told. */
  close() {
    this.#live?.close();
  }
}

/** @returns {string | undefined} what is wrong with what the app gives as a request */
function complaintAbout(request) {
  if (!isObject(request)) return `must be the request of Node's http, not ${inspect(request)}.`;
  if ('request' in request && !isObject(request.headers)) return 'is a socket: give its request.';
  if (!isObject(request.headers))
    return 'has no headers: give an object such as { headers: { cookie, origin, host } }.';
  if (typeof request.headers.get !== 'function') return undefined;
  return 'is one of the Fetch API: give { headers: Object.fromEntries(request.headers), url: request.url }.';
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

module.exports = { Authentications, complaintAbout };
