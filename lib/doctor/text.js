'use strict';

const LONGEST = 120;

/**
 * What a server said, fit for a terminal: one short line without control characters. A server that is examined must not
 * be able to write escape sequences.
 */
function quoted(text) {
  // eslint-disable-next-line no-control-regex
  const line = String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line.trim();
}

/** Without control characters, those of Latin-1 included, which a header may have. */
function printable(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
}

/** Text as JSON; nothing where it is none. */
function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

module.exports = { jsonOf, printable, quoted };
