'use strict';

// The part of Redis that the rehearsal's app needs, for machines without Redis: Windows, emulated ones. In a process of its
// own. Sends `{ url }`, and ends with its parent. RESP2: https://redis.io/docs/latest/develop/reference/protocol-spec/

const net = require('node:net');

const values = new Map();

const COMMANDS = {
  PING: () => '+PONG\r\n',
  CLIENT: () => '+OK\r\n',
  SELECT: () => '+OK\r\n',
  GET: (key) => bulk(values.get(key)),
  MGET: (...keys) => `*${keys.length}\r\n${keys.map((key) => bulk(values.get(key))).join('')}`,
  SET: (key, value) => {
    values.set(key, value);
    return '+OK\r\n';
  },
  DEL: (key) => (values.delete(key) ? ':1\r\n' : ':0\r\n'),
  EXPIRE: (key) => (values.has(key) ? ':1\r\n' : ':0\r\n'),
};

const server = net.createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let request = parse(received); request !== undefined; request = parse(received)) {
      received = received.subarray(request.length);
      const [name, ...args] = request.words;
      const command = COMMANDS[name.toUpperCase()];
      socket.write(command === undefined ? `-ERR unknown command '${name}'\r\n` : command(...args));
    }
  });
});
server.listen(0, '127.0.0.1', () => process.send({ url: `redis://127.0.0.1:${server.address().port}` }));
process.once('disconnect', () => process.exit());

/** One request, an array of bulk strings; undefined if it is not complete yet. */
function parse(buffer) {
  let at = 0;
  const header = () => {
    const end = buffer.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const number = Number(buffer.toString('latin1', at + 1, end));
    at = end + 2;
    return number;
  };
  const count = header();
  if (count === undefined) return undefined;
  const words = [];
  while (words.length < count) {
    const length = header();
    if (length === undefined || buffer.length < at + length + 2) return undefined;
    words.push(buffer.toString('utf8', at, at + length));
    at += length + 2;
  }
  return { words, length: at };
}

function bulk(value) {
  return value === undefined ? '$-1\r\n' : `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
}
