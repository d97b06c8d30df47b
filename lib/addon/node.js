'use strict';

// No syntax in this file that Node 10 does not know.

exports.PROMISED = 18;
exports.NODE_API = 6;

/** For a Node that can run neither our files nor the addon. */
exports.tooOld = function tooOld() {
  const versions = process.versions;
  const error = new Error(
    `passport-socketio-native cannot start: Node ${versions.node} is too old, it needs Node ${exports.PROMISED} or newer.\n\n` +
      `  This machine: ${process.platform}-${process.arch}, ${exports.nodeOf(versions)}\n\n` +
      'Start the app with a newer Node. Several can be installed side by side: nvm, fnm, volta, or an image such as\n' +
      'node:22-slim.',
  );
  error.code = 'ERR_PASSPORT_SOCKETIO_NO_BINARY';
  return error;
};

/** `Node 20.20.2 (Node-API 9)`. Bun tells which Node it stands in for. */
exports.nodeOf = function nodeOf(versions) {
  const node = `Node ${versions.node} (Node-API ${versions.napi})`;
  return versions.bun === undefined ? node : `Bun ${versions.bun} as ${node}`;
};
