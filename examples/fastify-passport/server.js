'use strict';

// Fastify 5 with sessions and Passport of its own: @fastify/session 11 and @fastify/passport 3. Three things
// differ from Express, each marked below with its number.
//
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3000 node examples/fastify-passport/server.js

const { readFileSync } = require('node:fs');
const path = require('node:path');
const fastifyCookie = require('@fastify/cookie');
const { Authenticator } = require('@fastify/passport');
const fastifySession = require('@fastify/session');
const { RedisStore } = require('connect-redis');
const Fastify = require('fastify');
const { Strategy: LocalStrategy } = require('passport-local');
const { createClient } = require('redis');
const { Server } = require('socket.io');
const { authorize } = require('passport-socketio-native');
const { findByLogin, findById } = require('../accounts');

const PAGE = readFileSync(path.join(__dirname, '..', 'page.html'));
const COOKIE = 'sessionId';

const passport = new Authenticator();
passport.use(
  new LocalStrategy((name, password, done) => {
    findByLogin(name, password).then((user) => done(null, user), done);
  }),
);
// 1. Passport keeps `passport: { user: … }` in the session, @fastify/passport `passport: …`, whatever its serializer
//    gives. So let it give `{ user: … }`; else sockets are NOT_LOGGED_IN.
passport.registerUserSerializer(async (user) => ({ user: user.id }));
passport.registerUserDeserializer(async ({ user }) => findById(user));

// 2. authorize() wants a Passport: its key as `_key` (else PASSPORT_NOT_INITIALIZED), and a deserializeUser with a
//    callback. The request that it is called with is Node's, not Fastify's.
const passportForSockets = {
  _key: passport.key,
  deserializeUser(user, request, done) {
    passport.deserializeUser({ user }, request).then((found) => done(null, found), done);
  },
};

async function start({ redisUrl, port }) {
  const client = createClient({ url: redisUrl });
  client.on('error', (error) => console.error('Redis:', error.message));
  await client.connect();
  // What joins Fastify and Socket.IO.
  const sessions = { secret: 'a secret of at least 32 characters', store: new RedisStore({ client }) };

  const app = Fastify();
  const io = new Server(app.server);
  const authorizer = authorize({
    ...sessions,
    key: COOKIE,
    passport: passportForSockets,
    origin: 'same-host',
    onSessionEnd: 'disconnect',
  });
  authorizer.protect(io);
  io.on('connection', (socket) => {
    socket.emit('welcome', socket.request.user.name);
  });

  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    ...sessions,
    cookieName: COOKIE,
    // 3. How express-session marks its cookies as signed; else they are COOKIE_NOT_SIGNED.
    cookiePrefix: 's:',
    saveUninitialized: false,
    // SameSite: pages of other sites cannot connect with the visitor's cookie.
    cookie: { secure: 'auto', sameSite: 'lax' },
  });
  await app.register(passport.initialize());
  await app.register(passport.secureSession());

  // As @fastify/formbody does.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
  );
  app.get('/', (_request, reply) => reply.type('text/html').send(PAGE));
  app.get('/me', async (request) => ({ name: request.user?.name }));
  app.post(
    '/login',
    { preValidation: passport.authenticate('local', { successRedirect: '/', failureRedirect: '/' }) },
    () => {},
  );
  app.post('/logout', async (request, reply) => {
    await request.logout();
    // The sockets of the session end by themselves: see onSessionEnd.
    return reply.redirect('/');
  });
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
