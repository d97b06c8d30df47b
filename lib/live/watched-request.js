'use strict';

const { AsyncResource } = require('node:async_hooks');

/**
 * A request whose session is watched (`authorizer.watch`), in the place of a socket: it is connected until it is watched no
 * more.
 */
class WatchedRequest {
  connected = true;
  /** It is in no namespace. */
  nsp = null;
  #onEnd;

  /**
   * @param {unknown} user - whom the request was let in as
   * @param {(reason: string) => unknown} onEnd - called with the AsyncLocalStorage of this moment
   */
  constructor(request, user, onEnd) {
    this.request = request;
    this.user = user;
    this.#onEnd = AsyncResource.bind(onEnd);
  }

  /** The app is told. */
  end(reason) {
    return this.#onEnd(reason);
  }
}

module.exports = { WatchedRequest };
