'use strict';

const { allowsEverybody } = require('./cors');
const { isFromElsewhere, isSameHost } = require('./origin');

/**
 * What stays as in the original but is risky is announced once, when it has let somebody in. To set the option, either
 * way, ends it.
 */
class Notices {
  #requests;
  #warnings;
  #ofOrigins;
  #ofBareIds;
  /** Origin and Host that are known to be the same. */
  #origin;
  #host;

  /**
   * @param {object} options - as they were given
   * @param {import('./request').RequestView} requests
   * @param {import('../diagnostics').Warnings} warnings
   */
  constructor({ origin, sessionIdInQuery }, requests, warnings) {
    this.#requests = requests;
    this.#warnings = warnings;
    this.#ofOrigins = origin == null ? () => true : origin === 'cors' && allowsEverybody;
    this.#ofBareIds = sessionIdInQuery == null;
  }

  /** Whether there is anything left to say. */
  get areOver() {
    return !this.#ofOrigins && !this.#ofBareIds;
  }

  /** A user was let in. */
  admitted(data, socket) {
    const isOfQuery = this.#requests.isOfQuery(data);
    if (isOfQuery && this.#ofBareIds && this.#requests.isBare(data)) this.#warnOfBareId();
    if (!isOfQuery && this.#ofOrigins && this.#isForeign(data) && this.#ofOrigins(socket?.nsp?.server)) {
      this.#warnOfOrigin(data);
    }
  }

  #isForeign(data) {
    const { origin, host } = data.headers ?? {};
    if (origin === undefined) return isFromElsewhere(data);
    if (origin === this.#origin && host === this.#host) return false;
    if (!isSameHost(data)) return true;
    this.#origin = origin;
    this.#host = host;
    return false;
  }

  #warnOfBareId() {
    this.#ofBareIds = false;
    this.#warnings.once(
      'BARE_SESSION_ID',
      'A bare session id in the query (?session_id=) let somebody in: whoever sees it in a log can use it. Set the option ' +
        "sessionIdInQuery of authorize() to 'signed' or false; to true if your clients rely on it, which ends this warning.",
    );
  }

  #warnOfOrigin({ headers }) {
    this.#ofOrigins = false;
    const { origin, host } = headers;
    const page = origin === undefined ? 'A page of another origin' : `A page of ${JSON.stringify(origin)}`;
    this.#warnings.once(
      'ORIGIN_UNCHECKED',
      `${page} came in with its visitor's cookie on Host ${JSON.stringify(host)}, since no origin is checked: any page that ` +
        "your users visit can do that. Set the option origin of authorize() to 'same-host' or to a list of your pages; to " +
        'false if everybody may, which ends this warning.',
    );
  }
}

module.exports = { Notices };
