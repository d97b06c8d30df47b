'use strict';

const { quoted } = require('../diagnostics/words');
const { allowsEverybody } = require('./cors');
const { isFromElsewhere, isSameHost } = require('./origin');

/**
 * Warns once when a risky default, kept for compatibility, has let a client in. Setting the option, either way, ends the
 * warning.
 */
class RiskWarnings {
  #requests;
  #warnings;
  /** Whether the origin is unchecked, as far as the server's `cors` says; false where there is nothing to warn of. */
  #isOriginOpen;
  #acceptsBareIds;
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
    this.#isOriginOpen = origin == null ? () => true : origin === 'cors' && allowsEverybody;
    this.#acceptsBareIds = sessionIdInQuery == null;
  }

  /** A user was let in. */
  letIn({ data, socket, queried }) {
    if (queried) {
      if (this.#acceptsBareIds && this.#requests.isBare(queried)) this.#warnOfBareId();
    } else if (this.#isOriginOpen && this.#isForeign(data) && this.#isOriginOpen(socket?.nsp?.server)) {
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
    this.#acceptsBareIds = false;
    this.#warnings.once(
      'BARE_SESSION_ID',
      'A bare session id in the query (?session_id=) let a client in. Anyone who reads it in a log can use it. Set the option ' +
        "sessionIdInQuery of authorize() to 'signed' or false; to true if your clients rely on it, which ends this warning.",
    );
  }

  #warnOfOrigin({ headers }) {
    this.#isOriginOpen = false;
    const { origin, host } = headers;
    const page = origin === undefined ? 'A page of another origin' : `A page of ${quoted(origin)}`;
    this.#warnings.once(
      'ORIGIN_UNCHECKED',
      `${page} came in with its visitor's cookie on Host ${quoted(host)}, since no origin is checked: any page that ` +
        "your users visit can do that. Set the option origin of authorize() to 'same-host' or to a list of your pages; to " +
        'false if everybody may, which ends this warning.',
    );
  }
}

module.exports = { RiskWarnings };
