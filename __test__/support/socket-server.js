'use strict';

const { SOCKET_IO } = require('./versions');

/** The majors, from 1 on. */
const VERSIONS = Object.keys(SOCKET_IO).map(Number);

/** A Socket.IO server of that major on an HTTP server. */
function serve(version, server, options) {
  return require(SOCKET_IO[version].server)(server, options);
}

module.exports = { VERSIONS, serve };
