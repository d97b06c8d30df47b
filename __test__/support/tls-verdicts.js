'use strict';

const tls = require('node:tls');
const { authorize } = require('../..');
const { SECRET, cookieOf, passportOf, visit } = require('./visit');

/** As much of Redis as a look-up needs: every session is that of ann. */
const ANSWERS = {
  GET: () => bulk(SESSION),
  MGET: (keys) => `*${keys.length}\r\n${keys.map(() => bulk(SESSION)).join('')}`,
  PING: () => '+PONG\r\n',
};
const SESSION = JSON.stringify({ cookie: {}, passport: { user: 'ann' } });
const bulk = (text) => `$${text.length}\r\n${text}\r\n`;

/**
 * A server with these options of `tls.createServer`, and what tls.connect and the addon, given these of `tls.connect`,
 * make of it: an answer of the server, or why there is none.
 * @returns {Promise<{ node: string, ours: string }>} 'accepted', or the text of the error
 */
async function verdicts(serverOptions, options) {
  // What the server itself takes for too weak is for the clients to decide.
  const server = tls.createServer({ ciphers: 'DEFAULT@SECLEVEL=0', ...serverOptions }, speakRedis);
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  try {
    const [node, ours] = await Promise.all([askNode(port, options), askAddon(port, options)]);
    return { node, ours };
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

function speakRedis(socket) {
  socket.on('error', () => socket.destroy());
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
    // Commands are arrays of bulk strings, and none of ours has a line break in a word.
    for (;;) {
      const lines = received.split('\r\n');
      const length = 2 * Number(lines[0].slice(1)) + 1;
      if (lines.length <= length) return;
      received = lines.slice(length).join('\r\n');
      const [name, ...words] = lines.slice(1, length).filter((_, index) => index % 2 === 1);
      socket.write((ANSWERS[name.toUpperCase()] ?? (() => '+OK\r\n'))(words));
    }
  });
}

function askNode(port, options) {
  // To an address there is no SNI, and its name is the host.
  const { servername, ...rest } = options;
  const isAddress = /^[\d.]+$/.test(servername);
  const at = { host: '127.0.0.1', port, ...rest, ...(isAddress ? {} : { servername }) };
  return new Promise((resolve) => {
    const socket = tls.connect(at, () => socket.write('*1\r\n$4\r\nPING\r\n'));
    socket.once('data', (answer) => resolve(String(answer) === '+PONG\r\n' ? 'accepted' : String(answer)));
    socket.once('error', (error) => resolve(`${error.code}: ${error.message}`));
    socket.once('close', () => resolve('closed'));
    socket.once('data', () => socket.destroy());
  });
}

async function askAddon(port, options) {
  const redis = { host: '127.0.0.1', port, tls: options };
  const authorizer = authorize({ redis, secret: SECRET, passport: passportOf() });
  const { error, data } = await visit(authorizer, cookieOf('ann'));
  authorizer.close();
  return error ? String(error.cause ?? error.message) : data.user.id === 'ann' ? 'accepted' : 'somebody else';
}

module.exports = { verdicts };
