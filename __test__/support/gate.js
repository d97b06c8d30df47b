'use strict';

const { once } = require('node:events');
const net = require('node:net');

/** A way to a Redis that can be shut for newcomers, as a rule of the network may do. Closed with the test. */
async function openGate(t, { host, port }) {
  const pairs = new Set();
  const server = net.createServer((near) => {
    const far = net.connect({ host, port });
    const pair = [near, far];
    pairs.add(pair);
    near.pipe(far).pipe(near);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        for (const each of pair) each.destroy();
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const [near] of pairs) near.destroy();
  });
  return {
    host,
    port: server.address().port,
    /** Nobody comes in, and all are cut off but the first who came. */
    shut() {
      server.close();
      for (const [near] of [...pairs].slice(1)) near.destroy();
    },
  };
}

module.exports = { openGate };
