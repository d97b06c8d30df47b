'use strict';

const { randomUUID } = require('node:crypto');

const KEPT = 8;
/** Of a client that the server plays itself for one of the buttons. */
const PLAYED = 'x-demo-played';

/**
 * The last refusals, and how each client came. A client that the server plays carries a number that nobody can guess: by it
 * the button finds the hint, which clients do not get.
 */
class Refusals {
  #last = [];
  #played = new Map();

  /** @param {string} how - what is played, in words */
  play(how) {
    const id = randomUUID();
    const part = { how, refusal: undefined };
    this.#played.set(id, part);
    return {
      headers: { [PLAYED]: id },
      refusal: () => part.refusal,
      end: () => this.#played.delete(id),
    };
  }

  isPlayed(request) {
    return this.#played.has(request.headers[PLAYED]);
  }

  add(request, { code, message, hint }) {
    const part = this.#played.get(request.headers[PLAYED]);
    const how = part?.how ?? `by ${request._query?.transport ?? 'an unknown transport'}`;
    const refusal = { at: Date.now(), code, message, hint, how };
    if (part) part.refusal = refusal;
    this.#last = [refusal, ...this.#last].slice(0, KEPT);
  }

  /** The newest first. */
  get last() {
    return this.#last;
  }
}

module.exports = { Refusals };
