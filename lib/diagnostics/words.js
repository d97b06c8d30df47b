'use strict';

const path = require('node:path');
const { ifReadable, messageOf, textOf } = require('../errors');
const { masked } = require('./index');

/** What is shown of others' texts: in one line, so that none of them can forge a line of the log, and cut. */

/** A longer text says no more to the reader of a log. */
const LONGEST = 500;
/** What breaks a line in a terminal, a file or a log viewer, and what moves the cursor or the order of the characters. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const PACKAGE = path.join(__dirname, '..', '..');
/** The folders of this package whose code may be in a stack. */
const OURS = [path.join(PACKAGE, 'lib') + path.sep, path.join(PACKAGE, 'index.js')];
const FOREIGN = /[\\/]node_modules[\\/]|\(node:|at node:|<anonymous>\)?$/;

/** A text of the app or of a library in one line. */
function oneLine(text, longest = LONGEST) {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(CONTROL, escaped)
    .trim();
}

/** The same, with the session id of a request masked: first, since half of an id is not found any more. */
function maskedLine(text, data) {
  return oneLine(masked(text, data));
}

/** A text of the client, or another value, cut and quoted. */
function quoted(value, longest = LONGEST) {
  const text = textOf(value);
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(cut).replace(CONTROL, escaped);
}

/** A text of several lines, of which none can be taken for a line of the log. */
function indented(text) {
  return text
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => line.replace(CONTROL, escaped))
    .join('\n  | ');
}

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * What a callback of the app failed with, and where: the first of its own lines in the stack.
 * @param {object} [data] - the request, whose session id is masked
 */
function failureOf(error, data) {
  const [name, stack] = read(error);
  const message = messageOf(error);
  const kind = name === undefined || name === 'Error' || name === message ? '' : `${name}: `;
  const frame = frameOf(stack);
  return maskedLine(kind + message, data) + (frame === undefined ? '' : ` (${maskedLine(frame, data)})`);
}

function read(error) {
  const texts = ifReadable(() => [error.name, error.stack]) ?? [];
  return texts.map((text) => (typeof text === 'string' ? text : undefined));
}

function frameOf(stack) {
  const lines = stack?.split('\n').map((line) => line.trim()) ?? [];
  const isOfApp = (line) =>
    line.startsWith('at ') && !FOREIGN.test(line) && !OURS.some((own) => line.includes(own));
  return lines.find(isOfApp);
}

/** The stack of an error, else what it says. */
function stackOf(error) {
  const [, stack] = read(error);
  return stack ?? messageOf(error);
}

module.exports = { failureOf, indented, maskedLine, oneLine, quoted, stackOf };
