'use strict';

const tls = require('node:tls');

const bulk = (text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const SESSION = JSON.stringify({ cookie: {}, passport: { user: 'ann' } });

/** The part of Redis that a look-up needs. Every session is one of ann. */
const ANSWERS = {
  GET: () => bulk(SESSION),
  MGET: (keys) => `*${keys.length}\r\n${keys.map(() => bulk(SESSION)).join('')}`,
  PING: () => '+PONG\r\n',
  ROLE: () => `*3\r\n${bulk('master')}:0\r\n*0\r\n`,
};

/**
 * A fake Redis behind `tls.createServer`, which can use certificates that a real Redis does not load.
 * @param {object} options - of `tls.createServer`
 * @param {Record<string, (words: string[], port: number) => string>} [answers] - for other commands
 */
async function startTlsRedis(options, answers = {}) {
  const table = { ...ANSWERS, ...answers };
  // The server accepts weak keys, so that the clients decide.
  const server = tls.createServer({ ciphers: 'DEFAULT@SECLEVEL=0', ...options }, (socket) => {
    const answer = (name, words) => table[name]?.(words, server.address().port) ?? '+OK\r\n';
    serve(socket, answer);
  });
  const sockets = new Set();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { port: server.address().port, stop };
}

function serve(socket, answer) {
  socket.on('error', () => socket.destroy());
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
    // A command is an array of bulk strings. No word of these commands contains a line break.
    for (;;) {
      const lines = received.split('\r\n');
      const length = 2 * Number(lines[0].slice(1)) + 1;
      if (lines.length <= length) return;
      received = lines.slice(length).join('\r\n');
      const [name, ...words] = lines.slice(1, length).filter((_, index) => index % 2 === 1);
      socket.write(answer(name.toUpperCase(), words));
    }
  });
}

module.exports = { bulk, startTlsRedis };
