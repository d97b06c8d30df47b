'use strict';

// An authorizer where it cannot work: as a middleware of HTTP, and under `allowRequest` alone with options that need a
// socket. The operator is told in words, and at the first connection.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const timers = require('node:timers');
const { test } = require('node:test');
const express = require('express');
const { MemoryStore } = require('express-session');
const { Server } = require('socket.io');
const { AwaitedSocket } = require('../lib/sockets/await-socket');
const { authorizerOf, warningsDuring } = require('./support/proof');
const { connect } = require('./support/socket-client');
const { SECRET, cookieOf, handshake } = require('./support/visit');

const settled = () => new Promise(setImmediate);

/** Sessions of ann. */
function storeOfAnn() {
  const store = new MemoryStore();
  store.sessions.ann = JSON.stringify({ cookie: {}, passport: { user: 'ann' } });
  return store;
}

async function listen(t, app) {
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

test('io.engine.use(authorizer): a warning, though Engine.IO drops the error', async (t) => {
  const codes = warningsDuring(t);
  const warned = once(process, 'warning');
  const { server, url } = await listen(t);
  const io = new Server(server);
  t.after(() => io.close());
  io.engine.use(authorizerOf(t, { store: storeOfAnn(), secret: SECRET }));
  for (let times = 0; times < 2; times += 1) {
    // It would hang: that Engine.IO answers is not for us to say.
    const request = http.get(`${url}/socket.io/?EIO=4&transport=polling`);
    request.on('error', () => {});
    await once(server, 'request');
    await settled();
    request.destroy();
  }
  const [{ message }] = await warned;
  assert.match(message, /\(req, res, next\).*io\.engine\.use\(authorizer\).*use io\.use\(authorizer\)/s);
  await settled();
  assert.deepEqual(codes, ['NO_HTTP_MIDDLEWARE']);
});

test('app.use(authorizer): the same warning, and Express answers 500', async (t) => {
  const warned = once(process, 'warning');
  const app = express();
  app.set('env', 'test');
  app.use(authorizerOf(t, { store: storeOfAnn(), secret: SECRET }));
  const { url } = await listen(t, app);
  const response = await fetch(url, { headers: { connection: 'close' } });
  assert.equal(response.status, 500);
  assert.equal((await warned)[0].code, 'NO_HTTP_MIDDLEWARE');
});

/** The timers of the package come at once, each after what is under way; a minute does not pass. */
function hurry(t) {
  const original = timers.setTimeout;
  timers.setTimeout = (callback, ms, ...rest) => original(callback, ms === 1000 ? 5 : ms, ...rest);
  t.after(() => (timers.setTimeout = original));
}

const BY = {
  websocket: { transports: ['websocket'] },
  'polling, over a connection that is kept': {
    transports: ['polling'],
    agent: new http.Agent({ keepAlive: true }),
  },
};

for (const [how, settings] of Object.entries(BY)) {
  test(`rooms under allowRequest alone, by ${how}: told while the first client is there`, async (t) => {
    t.after(() => settings.agent?.destroy());
    hurry(t);
    const warned = once(process, 'warning');
    const { server, url } = await listen(t);
    const authorizer = authorizerOf(t, { store: storeOfAnn(), secret: SECRET, rooms: () => 'news' });
    const io = new Server(server, { allowRequest: authorizer });
    t.after(() => io.close());
    io.on('connection', (socket) => socket.emit('welcome', 'hello'));
    const { welcome } = await connect(t, url, { cookie: cookieOf('ann'), ...settings });
    assert.equal(welcome, 'hello');
    assert.equal((await warned)[0].code, 'NO_SOCKET_YET');
  });
}

test('a middleware that takes its time before the authorizer is no reason to warn', async (t) => {
  const codes = warningsDuring(t);
  const { server, url } = await listen(t);
  const authorizer = authorizerOf(t, { store: storeOfAnn(), secret: SECRET, rooms: () => 'news' });
  const io = new Server(server, { allowRequest: authorizer });
  t.after(() => io.close());
  io.use((_socket, next) => setTimeout(next, 1500));
  io.use(authorizer);
  io.on('connection', (socket) => socket.emit('welcome', 'hello'));
  await connect(t, url, { cookie: cookieOf('ann') });
  await settled();
  assert.deepEqual(codes, []);
});

test('a client that leaves before it has a socket says nothing; the next one does', async (t) => {
  hurry(t);
  const codes = warningsDuring(t);
  const authorizer = authorizerOf(t, { store: storeOfAnn(), secret: SECRET, rooms: () => 'news' });
  const requestOver = (socket) => ({ method: 'GET', headers: { cookie: cookieOf('ann') }, socket });
  const left = { bytesRead: 10, destroyed: false };
  assert.ok((await handshake(authorizer, requestOver(left))).accepted);
  left.destroyed = true;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(codes, []);
  const there = { bytesRead: 10, destroyed: false };
  assert.ok((await handshake(authorizer, requestOver(there))).accepted);
  there.bytesRead = 20;
  while (codes.length === 0) await new Promise(setImmediate);
  assert.deepEqual(codes, ['NO_SOCKET_YET']);
});

test('a client that sends nothing more is waited for', async (t) => {
  hurry(t);
  let told = 0;
  const awaited = new AwaitedSocket(() => (told += 1));
  const socket = { bytesRead: 10, destroyed: false };
  awaited.allowed({ socket });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(told, 0);
  socket.bytesRead = 20;
  while (told === 0) await new Promise(setImmediate);
  awaited.allowed({ socket });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(told, 1);
});
