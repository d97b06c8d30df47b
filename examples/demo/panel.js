'use strict';

const { subscribe, unsubscribe } = require('node:diagnostics_channel');

const EVERY_MS = 1_000;
const AUTHORIZED = 'passport-socketio-native:authorized';

/** What the authorizer does, once a second, for everybody who looks: Server-Sent Events. */
class Panel {
  #demo;
  #viewers = new Set();
  #timer;
  /** What was counted until the last event, and when that was. */
  #before = { at: performance.now(), authorized: 0, refused: 0 };
  #durations = [];
  #latest;

  /** @param {object} demo - `{ chat, sessions, ends, refusals, banned }` */
  constructor(demo) {
    this.#demo = demo;
    subscribe(AUTHORIZED, this.#timed);
    this.#latest = this.#look();
    this.#timer = setInterval(() => this.#tell(), EVERY_MS);
  }

  /** `GET /panel`. */
  add(response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(this.#latest);
    this.#viewers.add(response);
    response.on('close', () => this.#viewers.delete(response));
  }

  close() {
    clearInterval(this.#timer);
    unsubscribe(AUTHORIZED, this.#timed);
    for (const viewer of this.#viewers) viewer.end();
  }

  /** A channel is of the process, not of an authorizer: this process has one. */
  #timed = ({ durationMs }) => {
    this.#durations.push(durationMs);
  };

  #tell() {
    this.#latest = this.#look();
    for (const viewer of this.#viewers) viewer.write(this.#latest);
  }

  #look() {
    const { chat, sessions, ends, refusals, banned } = this.#demo;
    const { authorized, refused, failures, watch } = chat.authorizer.stats();
    const { kind, state, reason, lastError } = chat.authorizer.backend;
    const at = performance.now();
    // A second, and more in a storm: the timer waits for its turn as everybody does.
    const seconds = Math.max(1, Math.round((at - this.#before.at) / 1_000));
    const data = {
      time: Date.now(),
      seconds,
      backend: { kind, state, reason, lastError },
      watch: { tier: watch.tier, sessions: watch.sessions, ended: watch.ended },
      decided: { authorized: authorized - this.#before.authorized, refused: refused - this.#before.refused },
      latency: percentiles(this.#durations),
      outcomes: { AUTHORIZED: authorized, ...failures },
      refusals: refusals.last,
      online: chat.present(),
      ends: ends.last,
      redis: sessions.redisState(),
      banned: [...banned],
    };
    this.#before = { at, authorized, refused };
    this.#durations = [];
    return `event: panel\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

/**
 * Of those who were let in in the last second: milliseconds from the turn of a client to its decision, with `deserializeUser`.
 * `stats().latency` is of the look-ups alone, and since the start.
 */
function percentiles(durations) {
  const sorted = Float64Array.from(durations).sort();
  const at = (share) => (sorted.length === 0 ? null : sorted[Math.ceil(share * sorted.length) - 1]);
  return { p50: at(0.5), p99: at(0.99) };
}

module.exports = { Panel };
