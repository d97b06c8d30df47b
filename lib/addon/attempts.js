'use strict';

// How Node, Bun, Jest and Yarn's Plug'n'Play say that something is not there. The loader keeps no error codes.
const MISSING =
  /^(Cannot find (module|package)|Cannot resolve module|Required unplugged package|Qualified path) /;
const WASI = /binding-wasm32-wasi|\.wasi\.cjs/;

/**
 * What the generated loader tried, the first attempt first. Its error has them as causes of one another, the last one
 * outside, and ends with attempts at a WebAssembly build that we do not publish.
 * @returns {Error[]} never empty
 */
function attemptsOf(error) {
  const chain = [];
  for (let each = error.cause; each?.message !== undefined; each = each.cause) chain.unshift(each);
  const ours = chain.filter(({ message }) => !WASI.test(message));
  return ours.length > 0 ? ours : [error];
}

/** The attempt that tells what is wrong: one that found a file and could not load it, else the last. */
function decisive(attempts) {
  const found = attempts.filter((attempt) => !isMissing(attempt));
  return (found.length > 0 ? found : attempts).at(-1);
}

function isMissing({ message }) {
  return MISSING.test(message);
}

module.exports = { attemptsOf, decisive, isMissing };
