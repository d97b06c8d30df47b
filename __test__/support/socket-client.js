'use strict';

const assert = require('node:assert/strict');

// The clients of Socket.IO 1 and 2 prefer the one that Node has from 22 on, which sends no cookies.
delete globalThis.WebSocket;

/** A Socket.IO client of each major, by the major of the server that it fits. */
const CLIENTS = {
  1: 'socket.io-client-1',
  2: 'socket.io-client-2',
  3: 'socket.io-client-3',
  4: 'socket.io-client',
};

/**
 * Connects, closed with the test.
 * @param {string} url - with the namespace
 * @param {{ version?: number, cookie?: string, transports?: string[] }} [options] - and any of the client
 * @returns {Promise<{ socket: object, welcome?: string, refused?: any }>} what the server said first
 */
function connect(t, url, { version = 4, cookie, transports = ['websocket'], ...more } = {}) {
  const extraHeaders = cookie ? { cookie } : {};
  const socket = require(CLIENTS[version])(url, {
    transports,
    extraHeaders,
    // Before 3.0 of the client, extraHeaders are for each transport.
    transportOptions: { polling: { extraHeaders }, websocket: { extraHeaders } },
    reconnection: false,
    forceNew: true,
    ...more,
  });
  t.after(() => socket.close());
  return new Promise((resolve) => {
    socket.once('welcome', (welcome) => resolve({ socket, welcome }));
    socket.once('connect_error', (refused) => resolve({ socket, refused }));
    // What a refusal by a middleware was called before 3.0.
    if (version < 3) socket.once('error', (refused) => resolve({ socket, refused }));
    // A client of 1 in another namespace does not hear there that the default namespace refused it.
    if (version === 1) socket.io.socket('/').once('error', (refused) => resolve({ socket, refused }));
  });
}

/** Resolves once a connection that began by polling has its better transport. */
async function upgraded(socket, transport = 'websocket') {
  const { engine } = socket.io;
  // Not node:events' once(), which wants an emitter of Node.
  if (engine.transport.name !== transport) await new Promise((resolve) => engine.once('upgrade', resolve));
  assert.equal(engine.transport.name, transport);
}

module.exports = { connect, upgraded };
