'use strict';

const http = require('node:http');
const { Server } = require('socket.io');
const { contenderOf } = require('../contenders');
const { visitorsOf } = require('../authorization/visitors');
const { FakeNamespace, FakeSocket } = require('../authorization/sockets');
const { CpuClock } = require('../support/cpu');
const { serve } = require('../support/process');

/** The process of an app: a Socket.IO server on the network, with one contender. */
const [key, url, checkout] = process.argv.slice(2);
const contender = contenderOf(key);
const clock = new CpuClock();
const server = http.createServer();
const io = new Server(server, { serveClient: false });
/** Ids of the users whose sockets have connected since the last question, and how many sockets. */
let users = new Set();
let arrived = 0;
let onAll = () => {};

io.on('connection', (socket) => {
  users.add(socket.request.user?.id);
  arrived += 1;
  onAll();
});

const tasks = {
  /** @returns {Promise<number>} the port */
  async open() {
    const { middleware, engineMiddlewares, settle } = await contender.open({ url, checkout });
    if (middleware) io.use(middleware);
    for (const each of engineMiddlewares ?? []) io.engine.use(each);
    const [visitor] = visitorsOf('valid', { count: 1, isToken: contender.isToken });
    await settle?.(
      () => new Promise((resolve) => middleware(new FakeSocket(visitor, new FakeNamespace()), resolve)),
    );
    // As many as come at once, as far as the system allows.
    await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
    return server.address().port;
  },

  /** The CPU used so far, in ns. */
  cpu: () => clock.read(),

  /** Resolves when `count` sockets have connected. */
  async arrived({ count }) {
    await new Promise((resolve) => {
      onAll = () => arrived >= count && resolve();
      onAll();
    });
    const result = { users: users.size, cpu: clock.read() };
    arrived = 0;
    users = new Set();
    return result;
  },

  /** Resolves when nobody is connected. */
  async empty() {
    while (io.engine.clientsCount > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  },
};

serve(tasks);
