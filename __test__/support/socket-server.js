'use strict';

const PACKAGES = { 1: 'socket.io-1', 2: 'socket.io-2', 3: 'socket.io-3', 4: 'socket.io' };

/** The majors, from 1 on. */
const VERSIONS = Object.keys(PACKAGES).map(Number);

/** A Socket.IO server of that major on an HTTP server. */
function serve(version, server, options) {
  return require(PACKAGES[version])(server, options);
}

module.exports = { VERSIONS, serve };
