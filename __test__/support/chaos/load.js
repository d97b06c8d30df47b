'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { visit } = require('../visit');
const { VISITORS } = require('./visitors');

/** Between two waves once somebody is refused: look-ups that fail at once would occupy the machine. */
const CALM_MS = 20;
/** Of a cluster, some from each master. */
const FEW = VISITORS.filter(({ user }, i) => user && i % 50 === 0);
/** A limit for what never comes; not what it may take. */
const NEVER_MS = 30_000;

/** Waves of 1,000 visitors: the next wave comes when each of the last one was answered. */
class Load {
  /** How many of those who may be let in were refused, by code. */
  refused = {};
  /** Why, in the words of the causes. */
  causes = new Set();
  /** What must not happen, in words. */
  wrong = [];
  longestMs = 0;
  count = 0;
  #authorizer;
  #meets;
  #isOpen = false;
  #flowing;
  #onSubmitted = [];
  #onAnswered = [];

  /** @param {(visitor: object) => boolean} [meets] - whom a fault may meet; default: everybody */
  constructor(authorizer, meets = () => true) {
    this.#authorizer = authorizer;
    this.#meets = meets;
  }

  start() {
    this.#isOpen = true;
    this.#flowing = this.#flow();
  }

  /** Resolves when everybody who came was answered. */
  async stop() {
    this.#isOpen = false;
    await this.#flowing;
  }

  /** Resolves when 1,000 have come at this moment, and none was answered. */
  submitted() {
    return new Promise((resolve) => this.#onSubmitted.push(resolve));
  }

  /** Resolves when so many waves were answered that came from now on. */
  async waves(count) {
    for (let i = 0; i < count; i++) {
      await this.submitted();
      await new Promise((resolve) => this.#onAnswered.push(resolve));
    }
  }

  /** Resolves when somebody was refused with one of these codes for such a cause. */
  async sees(codes, cause) {
    const isSeen = () =>
      codes.some((code) => this.refused[code] > 0) && [...this.causes].some((text) => cause.test(text));
    const deadline = performance.now() + NEVER_MS;
    while (!isSeen()) {
      const seen = `${JSON.stringify(this.refused)} ${[...this.causes].join('; ')}`;
      assert.ok(performance.now() < deadline, `nobody was refused for ${cause}, but ${seen}`);
      await sleep(5);
    }
  }

  /** One wave. @returns {Promise<number>} how many of those who may be let in were refused */
  async wave() {
    const answers = VISITORS.map((visitor) => this.#visit(visitor));
    for (const resolve of this.#onSubmitted.splice(0)) resolve();
    const refusals = await Promise.all(answers);
    this.count += 1;
    for (const resolve of this.#onAnswered.splice(0)) resolve();
    return refusals.filter(Boolean).length;
  }

  /** Tries until each of a few who come from now on is let in once, or refused with this code, which is an answer too. */
  async untilAnswered(code) {
    const left = new Set(FEW);
    const deadline = performance.now() + NEVER_MS;
    while (left.size > 0) {
      assert.ok(performance.now() < deadline, `somebody has no answer again: ${[...this.causes].at(-1)}`);
      // Not one after the other: an earlier one may wait for long.
      for (const visitor of left) {
        this.#visit(visitor).then((refusal) => {
          if (refusal === undefined || refusal === code) left.delete(visitor);
        });
      }
      await sleep(2);
    }
  }

  async #flow() {
    while (this.#isOpen) {
      const refused = await this.wave();
      await sleep(refused ? CALM_MS : 0);
    }
  }

  /** @returns {Promise<string | undefined>} the code, where somebody was refused who may be let in */
  async #visit(visitor) {
    const began = performance.now();
    const { error, data } = await visit(this.#authorizer, visitor.cookie);
    this.longestMs = Math.max(this.longestMs, performance.now() - began);
    if (!error) {
      if (visitor.user === undefined) this.wrong.push(`${visitor.name} was let in`);
      else if (data.user?.id !== visitor.user || !data.user.logged_in)
        this.wrong.push(`${visitor.name} was let in as ${data.user?.id}`);
      return undefined;
    }
    const { code, cause } = error;
    if (code === undefined) this.wrong.push(`${visitor.name} was refused without a code: ${error}`);
    if (code === visitor.code) return undefined;
    if (!this.#meets(visitor)) this.wrong.push(`${visitor.name} was refused: ${code}`);
    this.refused[code] = (this.refused[code] ?? 0) + 1;
    this.causes.add(String(cause?.message));
    return visitor.user && code;
  }
}

module.exports = { Load, NEVER_MS };
