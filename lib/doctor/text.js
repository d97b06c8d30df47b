'use strict';

const LONGEST = 120;

/** Control characters, those of Latin-1 included, and what moves the order of characters in a terminal. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * What a server said, fit for a terminal: one short line. A server that is examined must not be able to write escape
 * sequences.
 */
function oneLine(text) {
  const line = String(text).replace(CONTROL, ' ').replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line.trim();
}

/** The whole text, without control characters. */
function printable(text) {
  return text.replace(CONTROL, '');
}

/** Text as JSON; nothing where it is none. */
function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

module.exports = { jsonOf, oneLine, printable };
