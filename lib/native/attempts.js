'use strict';

const MISSING = /^Cannot find (module|package) |tried to access .* isn't |Cannot resolve module /;
const WASI = /binding-wasm32-wasi|\.wasi\.cjs/;

/**
 * What the generated loader tried, the first attempt first. Its error has them as causes of one another, the last one
 * outside, and ends with attempts at a WebAssembly build that we do not publish.
 * @returns {string[]} messages; Node's list of who required what is cut off
 */
function attemptsOf(error) {
  const messages = [];
  for (let each = error.cause; each?.message !== undefined; each = each.cause) messages.unshift(each.message);
  const ours = messages.filter((message) => !WASI.test(message));
  return (ours.length > 0 ? ours : [error.message]).map((message) => message.split('\nRequire stack:')[0].trim());
}

/** The attempt that tells what is wrong: one that found a file and could not load it, else the last. */
function decisive(attempts) {
  return attempts.findLast((message) => !isMissing(message)) ?? attempts.at(-1);
}

function isMissing(message) {
  return MISSING.test(message);
}

module.exports = { attemptsOf, decisive, isMissing };
