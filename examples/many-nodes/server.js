'use strict';

// One of several processes behind a load balancer. The option `rooms` has each socket join its user's room, and Socket.IO's
// Redis adapter makes a room reach all processes. The option `share` shows who is behind a socket of another process. Each
// process watches the sessions of its own sockets (`onSessionEnd`), so a log-out ends them all, without a message between.
//
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3001 node examples/many-nodes/server.js
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3002 node examples/many-nodes/server.js

const { once } = require('node:events');
const http = require('node:http');
const path = require('node:path');
const { createAdapter } = require('@socket.io/redis-adapter');
const { RedisStore } = require('connect-redis');
const express = require('express');
const session = require('express-session');
const passport = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');
const { createClient } = require('redis');
const { Server } = require('socket.io');
const { authorize, filterSocketsByUser } = require('passport-socketio-native');
const { findByLogin, findById } = require('../accounts');

passport.use(
  new LocalStrategy((name, password, done) => {
    findByLogin(name, password).then((user) => done(null, user), done);
  }),
);
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => {
  findById(id).then((user) => done(null, user), done);
});

const roomOf = (userId) => `user:${userId}`;

async function start({ redisUrl, port }) {
  const clients = await Promise.all([connect(redisUrl), connect(redisUrl), connect(redisUrl)]);
  const [client, publisher, subscriber] = clients;
  const sessions = { secret: 'keyboard cat', store: new RedisStore({ client }) };

  const app = express();
  const server = http.createServer(app);
  const io = new Server(server, { adapter: createAdapter(publisher, subscriber) });
  const authorizer = authorize({
    ...sessions,
    origin: 'same-host',
    rooms: (user) => [roomOf(user.id)],
    share: ['id', 'name'],
    onSessionEnd: 'disconnect',
  });
  authorizer.protect(io);
  io.on('connection', (socket) => {
    const { user } = socket.request;
    socket.emit('welcome', user.name);
    socket.on('tell', (userId, text) => io.to(roomOf(userId)).emit('told', user.name, text));
    socket.on('where', async (userId, answer) => {
      const sockets = await io.in(roomOf(userId)).fetchSockets();
      answer(sockets.length);
    });
    socket.on('others', async (answer) => {
      const others = filterSocketsByUser(await io.fetchSockets(), ({ id }) => id !== user.id);
      answer([...new Set(others.map(({ data }) => data.user.name))]);
    });
  });

  app.use(
    session({ ...sessions, resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' } }),
    passport.session(),
  );
  app.get('/', (_req, res) => res.sendFile(path.join(__dirname, '..', 'page.html')));
  app.post(
    '/login',
    express.urlencoded(),
    passport.authenticate('local', { successRedirect: '/', failureRedirect: '/' }),
  );
  app.post('/logout', (req, res, next) => {
    req.logout((error) => {
      if (error) return next(error);
      // The sockets of the session end by themselves, on every process: see onSessionEnd.
      res.redirect('/');
    });
  });

  // On the loopback interface only: the passwords are known to everybody.
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      await io.close();
      authorizer.close();
      await Promise.all(clients.map((each) => each.close()));
    },
  };
}

async function connect(url) {
  const client = createClient({ url });
  client.on('error', (error) => console.error('Redis:', error.message));
  return client.connect();
}

if (require.main === module) {
  const { REDIS_URL = 'redis://127.0.0.1:6379', PORT = '3001' } = process.env;
  start({ redisUrl: REDIS_URL, port: Number(PORT) }).then(({ url }) => console.log(url));
}

module.exports = { start };
