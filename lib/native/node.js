'use strict';

// No syntax in this file that Node 10 does not know.

const PROMISED = 18;
/** The oldest that can read lib/ (`??=`, `Object.hasOwn`). Between the two nothing is promised, and nothing in the way. */
const READS_US = 16;
const NODE_API = 6;

/** Throws on a Node that can run neither our files nor the addon. */
exports.needNode = function needNode() {
  const versions = process.versions;
  const tooOld = Number(versions.node.split('.')[0]) < READS_US || Number(versions.napi) < NODE_API;
  if (!tooOld) return;
  const error = new Error(
    `passport-socketio-native cannot start: Node ${versions.node} is too old, it needs Node ${PROMISED} or newer.\n\n` +
      `  This machine: ${process.platform}-${process.arch}, ${exports.nodeOf(versions)}\n\n` +
      `Start the app with a newer Node. Several can be installed side by side: nvm install ${PROMISED}, fnm, volta, or an\n` +
      `image such as node:${PROMISED}-slim.`,
  );
  error.code = 'ERR_PASSPORT_SOCKETIO_NO_BINARY';
  throw error;
};

/** `Node 20.20.2 (Node-API 9)`. Bun tells which Node it stands in for. */
exports.nodeOf = function nodeOf(versions) {
  const node = `Node ${versions.node} (Node-API ${versions.napi})`;
  return versions.bun === undefined ? node : `Bun ${versions.bun} as ${node}`;
};

exports.PROMISED = PROMISED;
exports.NODE_API = NODE_API;
