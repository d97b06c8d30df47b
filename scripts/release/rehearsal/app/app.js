'use strict';

// A typical app: a user logs in over HTTP, and the server knows the user of their socket; other sockets are refused. Prints
// the results as one line of JSON. The argument is the address of Redis.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { RedisStore } = require('connect-redis');
const express = require('express');
const session = require('express-session');
const passport = require('passport');
const { authorize } = require('passport-socketio-native');
const { createClient } = require('redis');
const { Server } = require('socket.io');
const { io: connect } = require('socket.io-client');

const SECRET = 'keyboard cat';

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});

async function main(redisUrl) {
  const client = await createClient({ url: redisUrl }).connect();
  const authorizer = authorize({ secret: SECRET, redis: redisUrl, passport });
  const server = await listen(new RedisStore({ client }), authorizer);
  const url = `http://127.0.0.1:${server.address().port}`;

  const cookie = await logIn(url, 'ann');
  const user = await visit(url, cookie);
  const refused = [
    await visit(url, ''),
    await visit(url, forge(cookie)),
    await visit(url, cookieOfNobody(cookie)),
  ];

  assert.equal(user, 'ann');
  assert.deepEqual(refused, ['NO_COOKIE', 'BAD_SIGNATURE', 'BAD_SIGNATURE']);
  assert.equal(authorizer.backend.kind, 'redis');
  console.log(JSON.stringify({ user, refused, addon: loadedAddon() }));
  process.exit(0);
}

async function listen(store, authorizer) {
  passport.serializeUser((user, done) => done(null, user.name));
  passport.deserializeUser((name, done) => done(null, { name }));
  const app = express();
  app.use(session({ secret: SECRET, store, resave: false, saveUninitialized: false }), passport.session());
  app.post('/login/:name', (req, res, next) => {
    req.login({ name: req.params.name }, (error) => (error ? next(error) : res.end()));
  });
  const server = http.createServer(app);
  const io = new Server(server);
  io.use(authorizer);
  io.on('connection', (socket) => socket.emit('you', socket.request.user.name));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function logIn(url, name) {
  const response = await fetch(`${url}/login/${name}`, { method: 'POST' });
  assert.equal(response.status, 200);
  return response.headers.get('set-cookie').split(';')[0];
}

/** @returns {Promise<string>} the name of the user that the server sees, or the code of the refusal */
function visit(url, cookie) {
  return new Promise((resolve) => {
    const socket = connect(url, { extraHeaders: { cookie }, forceNew: true, reconnection: false });
    const end = (answer) => {
      socket.close();
      resolve(answer);
    };
    socket.once('you', end);
    socket.once('connect_error', (error) => end(error.data?.code ?? error.message));
  });
}

/** An invented signature, for a session that exists. */
function forge(cookie) {
  return `${cookie.slice(0, cookie.lastIndexOf('.'))}.${'A'.repeat(43)}`;
}

/** A valid signature, of another session. */
function cookieOfNobody(cookie) {
  const dot = cookie.lastIndexOf('.');
  return `${cookie.slice(0, dot)}x${cookie.slice(dot)}`;
}

function loadedAddon() {
  return process.report.getReport().sharedObjects.find((file) => file.endsWith('.node'));
}
