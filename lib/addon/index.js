'use strict';

// This file uses only syntax that Node 10 parses: an old Node gets this message, not a syntax error in another file.
// lib/ needs Node 16 (`??=`, `Object.hasOwn`). Node 16 and 17 are not supported, but nothing stops them.
const { node, napi } = process.versions;
if (parseInt(node, 10) < 16 || Number(napi) < 6) {
  const text =
    `passport-socketio-native cannot start: Node ${node} is too old, it needs Node 18 or newer.\n\n` +
    `  This machine: ${process.platform}-${process.arch}, Node ${node} (Node-API ${napi})\n\n` +
    'Start the app with a newer Node. Several can be installed side by side: nvm, fnm, volta, or an image such as\n' +
    'node:22-slim.';
  throw Object.assign(new Error(text), { code: 'ERR_PASSPORT_SOCKETIO_NO_BINARY' });
}

/** The native addon. If it does not work here, the thrown error says why and what to do. */
let native;
try {
  native = require('../../binding.js');
} catch (error) {
  throw require('./diagnosis').notLoaded(error);
}

const NEEDED =
  'credentialKinds Delivery indexLayout JsCredentials Lookup outcomes SocketIndex Verifier Watcher'.split(
    ' ',
  );
const lacks = NEEDED.filter((name) => typeof native[name] !== 'function');
const carrier = carrierOf(module);
if (lacks.length > 0 || (carrier && carrier.version !== require('../../package.json').version)) {
  throw require('./diagnosis').notOurs({ carrier, lacks });
}

module.exports = native;

/**
 * The package.json of the platform package that brought the binary, which the generated loader has read already.
 * Undefined for a binary in this package's folder, in a bundle, and where modules have no children (Jest).
 */
function carrierOf({ children = [] }) {
  const loader = children.find(({ id }) => /binding\.js$/.test(id));
  const carried = loader && loader.children.find(({ id }) => /binding-[^\\/]+[\\/]package\.json$/.test(id));
  return carried && carried.exports;
}
