'use strict';

const assert = require('node:assert/strict');
const { SOCKET_IO } = require('./versions');

// The clients of Socket.IO 1 and 2 prefer the global WebSocket of Node 22 and later, which sends no cookies.
delete globalThis.WebSocket;

/**
 * Connects. Closed with the test.
 * @param {string} url - with the namespace
 * @param {{ version?: number, cookie?: string, transports?: string[] }} [options] - and any option of the client
 * @returns {Promise<{ socket: object, welcome?: string, refused?: any }>} with the first message of the server
 */
function connect(t, url, { version = 4, cookie, transports = ['websocket'], ...more } = {}) {
  const extraHeaders = cookie ? { cookie } : {};
  const socket = require(SOCKET_IO[version].client)(url, {
    transports,
    extraHeaders,
    // Before client 3.0, each transport has its own extraHeaders.
    transportOptions: { polling: { extraHeaders }, websocket: { extraHeaders } },
    reconnection: false,
    forceNew: true,
    ...more,
  });
  t.after(() => socket.close());
  return new Promise((resolve) => {
    socket.once('welcome', (welcome) => resolve({ socket, welcome }));
    socket.once('connect_error', (refused) => resolve({ socket, refused }));
    // The event for a refusal by a middleware, before 3.0.
    if (version < 3) socket.once('error', (refused) => resolve({ socket, refused }));
    // A client of version 1 in another namespace gets no event there if the default namespace refused it.
    if (version === 1) socket.io.socket('/').once('error', (refused) => resolve({ socket, refused }));
  });
}

/** Resolves when a connection has been upgraded from polling. */
async function upgraded(socket, transport = 'websocket') {
  const { engine } = socket.io;
  // Not once() of node:events, which needs an emitter of Node.
  if (engine.transport.name !== transport) await new Promise((resolve) => engine.once('upgrade', resolve));
  assert.equal(engine.transport.name, transport);
}

module.exports = { connect, upgraded };
