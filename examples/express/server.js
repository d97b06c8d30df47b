'use strict';

// Express 5, sessions in Redis by connect-redis 10 and node-redis 6, Passport 0.7, Socket.IO 4.
//
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3000 node examples/express/server.js

const { once } = require('node:events');
const http = require('node:http');
const path = require('node:path');
const { RedisStore } = require('connect-redis');
const express = require('express');
const session = require('express-session');
const passport = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');
const { createClient } = require('redis');
const { Server } = require('socket.io');
const { authorize } = require('passport-socketio-native');
const { findByLogin, findById } = require('../accounts');

passport.use(
  new LocalStrategy((name, password, done) => {
    findByLogin(name, password).then((user) => done(null, user), done);
  }),
);
// The session keeps the id only. Express and Socket.IO both come here to turn it into the user again.
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => {
  findById(id).then((user) => done(null, user), done);
});

async function start({ redisUrl, port }) {
  const client = createClient({ url: redisUrl });
  client.on('error', (error) => console.error('Redis:', error.message));
  await client.connect();
  // What joins Express and Socket.IO, beside Passport.
  const sessions = { secret: 'keyboard cat', store: new RedisStore({ client }) };

  const app = express();
  const server = http.createServer(app);
  const io = new Server(server);
  const authorizer = authorize({ ...sessions, origin: 'same-host', onSessionEnd: 'disconnect' });
  authorizer.protect(io);
  io.on('connection', (socket) => {
    socket.emit('welcome', socket.request.user.name);
  });

  // SameSite: pages of other sites cannot connect with the visitor's cookie.
  const cookie = { sameSite: 'lax' };
  app.use(session({ ...sessions, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());
  app.get('/', (_req, res) => res.sendFile(path.join(__dirname, '..', 'page.html')));
  app.post(
    '/login',
    express.urlencoded(),
    passport.authenticate('local', { successRedirect: '/', failureRedirect: '/' }),
  );
  app.post('/logout', (req, res, next) => {
    req.logout((error) => {
      if (error) return next(error);
      // The sockets of the session end by themselves: see onSessionEnd.
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
      await client.close();
    },
  };
}

if (require.main === module) {
  const { REDIS_URL = 'redis://127.0.0.1:6379', PORT = '3000' } = process.env;
  start({ redisUrl: REDIS_URL, port: Number(PORT) }).then(({ url }) => console.log(url));
}

module.exports = { start };
