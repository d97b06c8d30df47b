'use strict';

const { SOCKET_IO } = require('./versions');

/** The versions, from 1 on, as numbers. */
const VERSIONS = Object.keys(SOCKET_IO).map(Number);

/** A Socket.IO server of that version on an HTTP server. */
function serve(version, server, options) {
  return require(SOCKET_IO[version].server)(server, options);
}

module.exports = { VERSIONS, serve };
