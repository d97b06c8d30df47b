'use strict';

const { warn } = require('../diagnostics');
const { OUTCOME, outcomes } = require('../outcomes');

/** So many connections in a row are refused for the same reason. */
const IN_A_ROW = 3;

/** Reasons of visitors, which are those of wrong settings too. */
const OF_VISITORS = new Set([
  OUTCOME.CORS_NO_SESSION,
  OUTCOME.NO_COOKIE,
  OUTCOME.COOKIE_NOT_SIGNED,
  OUTCOME.BAD_SIGNATURE,
  OUTCOME.SESSION_NOT_FOUND,
  OUTCOME.PASSPORT_NOT_INITIALIZED,
  OUTCOME.NOT_LOGGED_IN,
  OUTCOME.USER_NOT_FOUND,
  OUTCOME.ORIGIN_NOT_ALLOWED,
]);

/**
 * Help for an app that is being set up: one warning where the first connections are all refused, and for the same reason.
 * Not in production, where a visitor who has not logged in is nothing to warn of.
 */
class FirstRun {
  #outcome;
  #count = 0;
  /** A connection counts once for all its namespaces. */
  #seen = new WeakSet();

  /** @returns {FirstRun | null} null in production */
  static begin() {
    return process.env.NODE_ENV === 'production' ? null : new FirstRun();
  }

  /**
   * A client was refused, and none was let in before.
   * @param {import('./attempt').Attempt} attempt
   * @param {() => string} hint - called only for the warning
   * @returns {boolean} whether it goes on: nothing has been said yet
   */
  refused({ connection, outcome }, hint) {
    // `success` has refused a user, so that the settings are right.
    if (outcome === OUTCOME.REFUSED) return false;
    // A fault has its own warning, and says nothing of the settings.
    if (!OF_VISITORS.has(outcome) || this.#hasSeen(connection)) return true;
    this.#count = outcome === this.#outcome ? this.#count + 1 : 1;
    this.#outcome = outcome;
    if (this.#count < IN_A_ROW) return true;
    // An app may have an authorizer for each namespace.
    warn('FIRST_RUN', () => textOf(outcome, hint()), 1, `FIRST_RUN ${outcomes[outcome].code}`);
    return false;
  }

  #hasSeen(connection) {
    if (connection === undefined) return false;
    const isSeen = this.#seen.has(connection);
    this.#seen.add(connection);
    return isSeen;
  }
}

function textOf(outcome, hint) {
  const { code } = outcomes[outcome];
  return (
    `FIRST_RUN: nobody has been let in yet, and the last three connections were refused with ${code}. ${hint} ` +
    '(This is said once, and not with NODE_ENV=production.)'
  );
}

module.exports = { FirstRun };
