'use strict';

// Koa 3 with koa-passport 6, sessions in Redis by koa-redis 4, Socket.IO 4. Sessions are those of koa-session 7, or with
// SESSIONS=koa-generic-session those of koa-generic-session 2.
//
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3000 node examples/koa/server.js

const { once } = require('node:events');
const { createReadStream } = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { PassThrough } = require('node:stream');
const { text } = require('node:stream/consumers');
const Koa = require('koa');
const passport = require('koa-passport');
const redisStore = require('koa-redis');
const { Strategy: LocalStrategy } = require('passport-local');
const { Server } = require('socket.io');
const { authorize } = require('passport-socketio-native');
const { findByLogin, findById } = require('../accounts');
const { KINDS, koaCookies } = require('./sessions');

passport.use(
  new LocalStrategy((name, password, done) => {
    findByLogin(name, password).then((user) => done(null, user), done);
  }),
);
// The session keeps the id only. Koa and Socket.IO both come here to turn it into the user again.
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => {
  findById(id).then((user) => done(null, user), done);
});

async function start({ redisUrl, port, sessions = 'koa-session', keys = ['keyboard cat'] }) {
  const { key, prefix, middlewares } = KINDS[sessions];
  const store = redisStore({ url: redisUrl });
  store.on('error', (error) => console.error('Redis:', error.message));

  const app = new Koa();
  // Cookies are signed with the first; a Keygrip will do too.
  app.keys = keys;
  const authorizer = authorize({
    redis: redisUrl,
    prefix,
    key,
    cookieParser: koaCookies(key, app.keys),
    // A bare ?session_id= would be a key of Redis that nobody has signed.
    sessionIdInQuery: false,
    // That of koa-passport, which has a Passport of its own.
    passport,
    origin: 'same-host',
    onSessionEnd: 'disconnect',
  });
  for (const middleware of middlewares(app, store)) app.use(middleware);
  app.use(passport.initialize());
  app.use(passport.session());
  const routes = routesOf(authorizer);
  app.use((ctx, next) => routes[`${ctx.method} ${ctx.path}`]?.(ctx, next));

  // After all `use`: Koa serves the middlewares that it has at the call.
  const server = http.createServer(app.callback());
  const io = new Server(server);
  authorizer.protect(io);
  io.on('connection', (socket) => {
    socket.emit('welcome', socket.request.user.name);
  });

  // On the loopback interface only: the passwords are known to everybody.
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      const closed = io.close();
      // Event streams would keep it open.
      server.closeAllConnections();
      await closed;
      authorizer.close();
      // koa-generic-session would wait for another connection, and reject after ten seconds what nobody handles.
      store.removeAllListeners('disconnect');
      await store.quit();
    },
  };
}

function routesOf(authorizer) {
  /** A route that asks the authorizer who it is: it would need neither koa-session nor koa-passport before it. */
  const known = (serve) => (ctx) =>
    authorizer.authenticate(ctx.req).then(
      ({ user }) => serve(ctx, user),
      (error) => {
        ctx.status = 401;
        ctx.body = { code: error.code };
      },
    );

  return {
    'GET /': (ctx) => {
      ctx.type = 'html';
      ctx.body = createReadStream(path.join(__dirname, '..', 'page.html'));
    },
    'POST /login': async (ctx, next) => {
      // As koa-bodyparser does.
      ctx.request.body = Object.fromEntries(new URLSearchParams(await text(ctx.req)));
      return passport.authenticate('local', { successRedirect: '/', failureRedirect: '/' })(ctx, next);
    },
    'POST /logout': async (ctx) => {
      await ctx.logout();
      // The sockets of the session end by themselves: see onSessionEnd.
      ctx.redirect('/');
    },
    'GET /me': known((ctx, user) => {
      ctx.body = { name: user.name };
    }),
    'GET /events': known((ctx, user) => {
      const events = new PassThrough();
      ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      ctx.body = events;
      events.write(`event: welcome\ndata: ${JSON.stringify(user.name)}\n\n`);
      // Koa closes the stream when the client leaves.
      const stop = authorizer.watch(ctx.req, (reason) => events.end(`event: bye\ndata: ${reason}\n\n`));
      events.on('close', stop);
    }),
  };
}

if (require.main === module) {
  const { REDIS_URL = 'redis://127.0.0.1:6379', PORT = '3000', SESSIONS } = process.env;
  start({ redisUrl: REDIS_URL, port: Number(PORT), sessions: SESSIONS }).then(({ url }) => console.log(url));
}

module.exports = { start };
