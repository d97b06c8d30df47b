'use strict';

const tls = require('node:tls');
const { authorize } = require('../..');
const { startTlsRedis } = require('./tls-redis');
const { SECRET, cookieOf, passportOf, visit } = require('./visit');

/**
 * The results of tls.connect and of the addon, for a server with options of `tls.createServer` and a client with options of
 * `tls.connect`: an answer of the server, or the error.
 * @returns {Promise<{ node: string, ours: string }>} 'accepted', or the text of the error
 */
async function verdicts(serverOptions, options) {
  const server = await startTlsRedis(serverOptions);
  try {
    const at = { host: '127.0.0.1', port: server.port };
    const [node, ours] = await Promise.all([
      askNode({ ...at, ...options }),
      askAddon({ ...at, tls: options }),
    ]);
    return { node, ours };
  } finally {
    await server.stop();
  }
}

function askNode({ servername, ...options }) {
  // For an address there is no SNI, and the host is the name to check.
  const name = /^[\d.]+$/.test(servername) ? {} : { servername };
  return new Promise((resolve) => {
    const socket = tls.connect({ ...options, ...name }, () => socket.write('*1\r\n$4\r\nPING\r\n'));
    socket.once('data', (answer) => {
      resolve(String(answer) === '+PONG\r\n' ? 'accepted' : String(answer));
      socket.destroy();
    });
    socket.once('error', (error) => resolve(`${error.code}: ${error.message}`));
    socket.once('close', () => resolve('closed'));
  });
}

/** @param {object} redis - the option */
async function askAddon(redis) {
  const authorizer = authorize({ redis, secret: SECRET, passport: passportOf() });
  const { error, data } = await visit(authorizer, cookieOf('ann'));
  authorizer.close();
  if (error) return String(error.cause ?? error.message);
  return data.user.id === 'ann' ? 'accepted' : 'somebody else';
}

module.exports = { askAddon, verdicts };
