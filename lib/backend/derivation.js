'use strict';

const { whyNotConnectRedis } = require('./recognise');
const { clientOf } = require('./client-of');
const { derive } = require('./clients');
const { Foundation } = require('./foundation');

/** Whether a store reads as connect-redis does, and where its client is connected. */
class Derivation {
  #options;
  #store;
  /** What recognition and proof stand on: it holds at each connection, or both are void. */
  #foundation;
  #recognised;
  /** What was patched in the meantime, once anything was: proof cannot show for which sessions a patch is meant. */
  #patched;

  /** @param {import('./store').StoreBackend} store - look-ups through the store, which this makes fit for it */
  constructor(options, store) {
    this.#options = options;
    this.#store = store;
    this.#recognise();
  }

  /** Whether all is as it was when it was looked at. */
  holds() {
    return this.#foundation.holds();
  }

  /**
   * Where the client is connected: to be asked at the first look-up, when clients have settled.
   * @returns what `derive` gives
   */
  async run() {
    if (!this.#foundation.holds()) this.#recognise();
    const reason = await this.#recognised;
    if (reason) return { unsupported: reason };
    try {
      const derived = await derive(this.#client);
      return this.#patched && !derived.unsupported ? { unsupported: this.#patched } : derived;
    } catch (error) {
      return { unsupported: `the store's client could not be followed: ${error?.message}` };
    }
  }

  get #client() {
    return clientOf(this.#options);
  }

  /** Asks nobody: the store's own `get` runs against an answer from memory. */
  #recognise() {
    const { store } = this.#options;
    const former = this.#foundation;
    this.#foundation = new Foundation(store, this.#client);
    this.#patched ??= former?.patchedBy(this.#foundation);
    // connect-redis would read the bare prefix as a key: a session for everybody who has none.
    this.#store.asksWithoutId = false;
    this.#recognised = whyNotConnectRedis(store).then((reason) => {
      this.#store.asksWithoutId = Boolean(reason) && !hasPrefix(store);
      if (reason) this.#store.reason = reason;
      return reason;
    });
  }
}

/** A getter that throws is one of a prefix too. */
function hasPrefix(store) {
  try {
    return typeof store.prefix === 'string';
  } catch {
    return true;
  }
}

module.exports = { Derivation };
