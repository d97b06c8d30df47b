'use strict';

const { oneLine, quoted } = require('../../diagnostics/words');
const { ifReadable, messageOf } = require('../../errors');

/** What an explanation shows of names and errors. */

/** Names of cookies and of members are cut: a client may send any. */
const NAME_LENGTH = 60;
/** So many of a list are in the text; all of them are in the members of the step. */
const MOST_IN_TEXT = 20;

/** The words with which Redis begins what it refuses, of those that a store may meet. */
const OF_REDIS =
  /^(?:WRONGTYPE|WRONGPASS|NOAUTH|NOPERM|LOADING|READONLY|MISCONF|OOM|BUSY|MASTERDOWN|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|CROSSSLOT|NOREPLICAS)\b/;

/** A name, in one line. */
function shown(name) {
  return oneLine(name, NAME_LENGTH);
}

/** Such a name stands without quotation marks in a text. Any other may look like several names, or like the text around it. */
const SIMPLE = /^[\p{L}\p{N}_.:$@/+-]+$/u;

/** A name that `shown` gives, in the text of a step. */
function named(name) {
  return SIMPLE.test(name) ? name : quoted(name);
}

/** @param {number} [more] - that are not in the list */
function listed(names, more = 0) {
  const first = names.slice(0, MOST_IN_TEXT);
  const others = names.length - first.length + more;
  return others > 0 ? `${first.join(', ')} and ${others} more` : first.join(', ');
}

/**
 * An error of the app, its store, or its database, without its message, which may have ids and values in it: the class, the
 * code, and the word with which Redis begins.
 */
function kindOfError(error) {
  if (typeof error !== 'object' || error === null)
    return `a ${error === null ? 'null' : typeof error}, no Error`;
  const { name, code } = ifReadable(() => ({ name: error.name, code: error.code })) ?? {};
  const signs = [code, OF_REDIS.exec(messageOf(error))?.[0]].filter(isSign);
  const kind = typeof name === 'string' && /^[\w.]{1,60}$/.test(name) ? name : 'an object';
  return signs.length > 0 ? `${kind} (${[...new Set(signs)].join(', ')})` : kind;
}

/** As ECONNREFUSED, WRONGPASS, ER_ACCESS_DENIED. */
function isSign(text) {
  return typeof text === 'string' && /^[A-Z][A-Z_0-9]{2,40}$/.test(text);
}

module.exports = { kindOfError, listed, named, shown };
