'use strict';

const http = require('node:http');
const io = require('socket.io-client-0');

/**
 * Connects with the client of Socket.IO 0.9, which still runs on current Node. Closed with the test.
 * @param {string} url - with the namespace and a query
 * @param {{ cookie?: string, transport?: 'websocket' | 'xhr-polling' }} [options]
 * @returns {Promise<{ socket: object, welcome?: any, refused?: string }>} with the first message of the server
 */
function connect(t, url, { cookie, transport = 'websocket' } = {}) {
  const socket = sending(cookie, () => io.connect(url, { 'force new connection': true, reconnect: false }));
  const connection = socket.socket;
  // Set here because it is read after the handshake. An argument of connect() would go into a list that all clients share.
  connection.options.transports = [transport];
  // A refused client has no transport to close.
  t.after(() => connection.connected && connection.disconnect());
  return new Promise((resolve) => {
    socket.once('welcome', (welcome) => resolve({ socket, welcome }));
    // A refused handshake emits `error`, a refused namespace emits `connect_failed`.
    socket.once('error', (refused) => resolve({ socket, refused }));
    socket.once('connect_failed', (refused) => resolve({ socket, refused }));
  });
}

/**
 * A browser sends cookies by itself, and the client's XMLHttpRequest for Node refuses to set one. So this adds the cookie to
 * the requests that are made during the call. That is the handshake, the only request that 0.9 authorizes.
 */
function sending(cookie, call) {
  if (cookie === undefined) return call();
  const { request } = http;
  http.request = (options, onResponse) =>
    request.call(http, { ...options, headers: { ...options.headers, cookie } }, onResponse);
  try {
    return call();
  } finally {
    http.request = request;
  }
}

module.exports = { connect };
