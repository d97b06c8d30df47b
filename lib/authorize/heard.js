'use strict';

/** What is kept of an attempt of which somebody hears: who traces, who subscribes to a channel, or the debug log. */
class Heard {
  /** When it began: at its turn. */
  since = undefined;
  /** What `fail` was told. */
  info = undefined;

  /** @param {import('./tracing').Trace} [trace] */
  constructor(trace) {
    this.trace = trace;
  }
}

module.exports = { Heard };
