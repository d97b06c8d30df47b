'use strict';

/** The command line is wrong. */
class UsageError extends Error {}

/** A check could not run, which says nothing about the app. */
class NotRun extends Error {}

/** Nothing usable came over the network. `code` is that of Node, or `TIMEOUT`, or `CLOSED`. */
class Unanswered extends NotRun {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

module.exports = { NotRun, UsageError, Unanswered };
