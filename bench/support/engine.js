'use strict';

const { createRequire } = require('node:module');

const ofSocketIo = createRequire(require.resolve('socket.io'));

/** The Engine.IO of our Socket.IO, and the WebSockets of that. */
const engineIo = ofSocketIo('engine.io');
const { WebSocket } = createRequire(ofSocketIo.resolve('engine.io'))('ws');

module.exports = { WebSocket, engineIo };
