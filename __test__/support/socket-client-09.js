'use strict';

const http = require('node:http');
const io = require('socket.io-client-0');

/**
 * Connects with the client of Socket.IO 0.9, which runs on today's Node as it is; closed with the test.
 * @param {string} url - with the namespace and a query
 * @param {{ cookie?: string, transport?: 'websocket' | 'xhr-polling' }} [options]
 * @returns {Promise<{ socket: object, welcome?: any, refused?: string }>} what the server said first
 */
function connect(t, url, { cookie, transport = 'websocket' } = {}) {
  const socket = sending(cookie, () => io.connect(url, { 'force new connection': true, reconnect: false }));
  const connection = socket.socket;
  // Read when the handshake is answered; given to connect() it would be mixed into a list that all share.
  connection.options.transports = [transport];
  // One that was refused has no transport to close.
  t.after(() => connection.connected && connection.disconnect());
  return new Promise((resolve) => {
    socket.once('welcome', (welcome) => resolve({ socket, welcome }));
    // A handshake is refused by `error`, a namespace by `connect_failed`.
    socket.once('error', (refused) => resolve({ socket, refused }));
    socket.once('connect_failed', (refused) => resolve({ socket, refused }));
  });
}

/**
 * In a browser cookies go by themselves, and the client's XMLHttpRequest for Node refuses to be given one. So
 * the requests that are made within the call get it on their way out: that of the handshake, the only one
 * that 0.9 authorises.
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
