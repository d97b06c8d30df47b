'use strict';

const { inspect } = require('node:util');
const { outcomes } = require('../../outcomes');
const { hintOf } = require('./index');

/**
 * The fifth argument of `fail`: `{ code, hint, cause }`. The hint is made when it is first read: the default `fail`
 * reads none, and to look for the reason may take a signature for each cookie of the client.
 */
class Info {
  #refusal;

  /** @param {import('./index').Refusal} refusal */
  constructor(refusal) {
    this.code = outcomes[refusal.outcome].code;
    Object.defineProperty(this, 'hint', HINT);
    this.cause = refusal.cause;
    this.#refusal = refusal;
  }

  static hintOf(info) {
    // An object that inherits from an info has none of its own.
    return #refusal in info ? hintOf(info.#refusal) : undefined;
  }

  /** An app that keeps infos does not keep their requests and sockets. */
  static release(info) {
    if (#refusal in info) info.#refusal = undefined;
  }

  /** The console shows the hint, not that there is a getter. */
  [inspect.custom]() {
    return { ...this };
  }
}

/** One descriptor for all: a getter of a literal would be a closure for each refusal. */
const HINT = {
  get() {
    const value = Info.hintOf(this);
    // A frozen one finds it out each time.
    if (Reflect.defineProperty(this, 'hint', { value, writable: true })) Info.release(this);
    return value;
  },
  set(value) {
    Object.defineProperty(this, 'hint', { value, writable: true });
  },
  enumerable: true,
  configurable: true,
};

/**
 * @param {import('../attempt').Attempt} attempt - that fails; its outcome may change later
 * @returns {{ code: string, hint: string, cause: unknown }}
 */
function infoOf({ outcome, cause, data, queried, socket, authorizer }) {
  return new Info({ outcome, cause, data, queried, socket, authorizer });
}

module.exports = { infoOf };
