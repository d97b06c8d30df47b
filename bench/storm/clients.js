'use strict';

const { visitorsOf } = require('../authorization/visitors');
const { WebSocket } = require('../support/engine');
const { serve } = require('../support/process');

/** So many are being connected at a time. */
const AT_ONCE = 250;
/** A limit for one of them. */
const LIMIT_MS = 30_000;

/** By kind, and whether they bring a token: made once. */
const lists = new Map();
let open = [];

/** The process of all clients: WebSockets that speak as much of Engine.IO and Socket.IO as it takes to connect. */
const tasks = {
  /**
   * Visitors of this kind connect.
   * @returns {Promise<{ connected: number, refused: number }>}
   */
  async connect({ port, kind, count, isToken = false }) {
    const visitors = listOf(kind, count, isToken);
    let next = 0;
    let connected = 0;
    const one = async () => {
      while (next < visitors.length) if (await connect(port, visitors[next++])) connected += 1;
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return { connected, refused: count - connected };
  },

  /** All leave at once. */
  leave() {
    for (const socket of open) socket.terminate();
    open = [];
  },
};

function listOf(kind, count, isToken) {
  const name = `${kind} ${count} ${isToken}`;
  if (!lists.has(name)) lists.set(name, visitorsOf(kind, { count, isToken }));
  return lists.get(name);
}

/** @returns {Promise<boolean>} whether they were let in */
function connect(port, { cookie, token }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      headers: {
        cookie,
        origin: `http://127.0.0.1:${port}`,
        'user-agent': 'Mozilla/5.0 (X11) Firefox/140.',
      },
    });
    const limit = setTimeout(() => reject(new Error('no answer')), LIMIT_MS);
    const end = (isIn) => {
      clearTimeout(limit);
      if (!isIn) socket.terminate();
      resolve(isIn);
    };
    socket.on('error', () => end(false));
    socket.on('message', (data) => {
      const text = data.toString();
      if (text[0] === '0') socket.send(token ? `40${JSON.stringify({ token })}` : '40');
      else if (text[0] === '2') socket.send('3');
      else if (text.startsWith('40')) end(true);
      else if (text.startsWith('44')) end(false);
    });
    open.push(socket);
  });
}

serve(tasks);
