'use strict';

const { withoutSecrets } = require('../diagnostics');
const { messageOf } = require('../errors');
const { backend: channel } = require('../diagnostics/channels');
const { logBackendState } = require('../diagnostics/debug-log');
const { CLOSED } = require('../outcomes');
const { callOutside } = require('./watch/outside');

/** Characters that a text of an app's store may have in `lastError`. */
const LONGEST = 500;

/**
 * A backend has changed its state. This is all that the operator hears of it.
 * @param {{ kind: string }} backend - `{ kind: 'redis', address }` or `{ kind: 'store', reason }`
 * @param {'connecting' | 'up' | 'down'} state
 * @param {string | null} cause - null where it is up
 * @param {boolean} [isUsual] - that is no line of the log
 */
function told(backend, state, cause, isUsual = false) {
  if (!isUsual) logBackendState(backend, state, cause);
  if (channel.hasSubscribers) callOutside(() => channel.publish({ backend, state, cause }));
}

/** The connection to Redis at this address has changed its state. */
function toldByAddon(address, state, lastError) {
  told({ kind: 'redis', address }, state, state === 'up' ? null : lastError);
}

/** What `backend` shows after `close()`. */
const AFTER_CLOSE = Object.freeze({ state: 'down', lastError: CLOSED });

/** The state of the app's store: that of its last answer. */
class StoreState {
  state = 'idle';
  /** @type {string | null} */
  lastError = null;

  /** It has answered. */
  answered(reason) {
    if (this.state !== 'up') this.#become('up', reason, null);
  }

  /**
   * It has answered with an error, or not in time.
   * @param {unknown} cause
   * @param {string} id - of the session that it was asked for
   */
  failed(reason, cause, id) {
    this.lastError = withoutSecrets(messageOf(cause), id).slice(0, LONGEST);
    if (this.state !== 'down') this.#become('down', reason, this.lastError);
  }

  #become(state, reason, cause) {
    // It has no connection of which one could tell: that it answers is what one expects.
    const isUsual = this.state === 'idle' && state === 'up';
    this.state = state;
    told({ kind: 'store', reason }, state, cause, isUsual);
  }
}

module.exports = { AFTER_CLOSE, StoreState, told, toldByAddon };
