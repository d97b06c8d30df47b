'use strict';

// Fastify 5 that keeps Express's session and Passport, by @fastify/express: the step between the two
// frameworks. For Socket.IO nothing changes.
//
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3000 node examples/fastify-express/server.js

const { readFileSync } = require('node:fs');
const path = require('node:path');
const fastifyExpress = require('@fastify/express');
const { RedisStore } = require('connect-redis');
const express = require('express');
const session = require('express-session');
const Fastify = require('fastify');
const { Passport } = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');
const { createClient } = require('redis');
const { Server } = require('socket.io');
const { authorize } = require('passport-socketio-native');
const { findByLogin, findById } = require('../accounts');

const PAGE = readFileSync(path.join(__dirname, '..', 'page.html'));

const passport = new Passport();
passport.use(
  new LocalStrategy((name, password, done) => {
    findByLogin(name, password).then((user) => done(null, user), done);
  }),
);
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => {
  findById(id).then((user) => done(null, user), done);
});

async function start({ redisUrl, port }) {
  const client = createClient({ url: redisUrl });
  client.on('error', (error) => console.error('Redis:', error.message));
  await client.connect();
  // What joins Express's middlewares and Socket.IO.
  const sessions = { secret: 'keyboard cat', store: new RedisStore({ client }) };

  const app = Fastify();
  const io = new Server(app.server);
  const authorizer = authorize({ ...sessions, passport, origin: 'same-host', onSessionEnd: 'disconnect' });
  authorizer.protect(io);
  io.on('connection', (socket) => {
    socket.emit('welcome', socket.request.user.name);
  });

  await app.register(fastifyExpress);
  // SameSite: pages of other sites cannot connect with the visitor's cookie.
  const cookie = { sameSite: 'lax' };
  app.use(session({ ...sessions, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());
  // Passport answers these itself. Express's body parser, because Fastify's comes only after the middlewares.
  app.express.post(
    '/login',
    express.urlencoded(),
    passport.authenticate('local', { successRedirect: '/', failureRedirect: '/' }),
  );
  app.express.post('/logout', (req, res, next) => {
    req.logout((error) => {
      if (error) return next(error);
      // The sockets of the session end by themselves: see onSessionEnd.
      res.redirect('/');
    });
  });
  // Routes of Fastify find the user on the raw request.
  app.get('/me', async (request) => ({ name: request.raw.user?.name }));
  app.get('/', (_request, reply) => reply.type('text/html').send(PAGE));
  app.addHook('preClose', async () => {
    io.engine.close();
  });

  // On the loopback interface only: the passwords are known to everybody.
  const url = await app.listen({ port, host: '127.0.0.1' });
  return {
    url,
    async close() {
      await app.close();
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
