'use strict';

// Old language here and in node.js: a Node that cannot read the rest gets to know that, not a syntax error.
// 16 reads lib/ (`??=`, `Object.hasOwn`); between it and 18 nothing is promised, and nothing is in the way.
if (parseInt(process.versions.node, 10) < 16 || Number(process.versions.napi) < 6) {
  throw require('./node').tooOld();
}

/** The addon; without one that works here, an error that says why, and what to do. */
let native;
try {
  native = require('../../binding.js');
} catch (error) {
  throw require('./explain').notLoaded(error);
}

const NEEDED = [
  'credentialKinds',
  'Delivery',
  'indexLayout',
  'JsCredentials',
  'Lookup',
  'outcomes',
  'SocketIndex',
  'Verifier',
];
const missing = NEEDED.filter((name) => typeof native[name] !== 'function');
const carrier = carrierOf(module);
if (missing.length > 0 || (carrier && carrier.version !== require('../../package.json').version)) {
  throw require('./explain').notOurs({ carrier, missing });
}

module.exports = native;

/**
 * The package.json of the package that brought the binary. The loader reads it and ignores what it says; here it costs
 * no search. None for a binary in our own folder, in a bundle, and where modules have no children (Jest).
 */
function carrierOf({ children = [] }) {
  const loader = children.find(({ id }) => /binding\.js$/.test(id));
  const carried = loader && loader.children.find(({ id }) => /binding-[^\\/]+[\\/]package\.json$/.test(id));
  return carried && carried.exports;
}
