'use strict';

// Connections that are none of Socket.IO: WebSockets by ws, Server-Sent Events, and a route. The authorizer says who is behind
// a request (`authenticate`), and tells when the session behind it ends (`watch`).
//
//   REDIS_URL=redis://127.0.0.1:6379 PORT=3000 node examples/without-socketio/server.js

const { once } = require('node:events');
const http = require('node:http');
const path = require('node:path');
const { RedisStore } = require('connect-redis');
const express = require('express');
const session = require('express-session');
const passport = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');
const { createClient } = require('redis');
const { WebSocketServer } = require('ws');
const { authorize } = require('passport-socketio-native');
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

/** The server cannot say now who it is: the client comes back later. */
const BUSY = ['STORE_ERROR', 'STORE_TIMEOUT', 'OVERLOADED', 'DESERIALIZE_ERROR', 'DESERIALIZE_TIMEOUT'];
const statusOf = ({ code }) => (BUSY.includes(code) ? 503 : 401);

/** WebSockets, at any path. */
function serveWebSockets(server, authorizer) {
  const wss = new WebSocketServer({ noServer: true });

  server.on('upgrade', (request, socket, head) => {
    const leave = () => socket.destroy();
    socket.on('error', leave);
    authorizer.authenticate(request).then(
      ({ user }) => {
        socket.off('error', leave);
        wss.handleUpgrade(request, socket, head, (ws) => wss.emit('connection', ws, request, user));
      },
      (error) => {
        const status = statusOf(error);
        socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
      },
    );
  });

  wss.on('connection', (ws, request, user) => {
    // 4000 to 4999 are for apps. The client asks for a log-in.
    const stop = authorizer.watch(request, () => ws.close(4401, 'the session has ended'));
    ws.on('close', stop);
    ws.on('error', () => ws.terminate());
    ws.send(`welcome ${user.name}`);
  });
  return wss;
}

/** Server-Sent Events. Where a session has ended, the EventSource comes back, is refused, and stays away. */
function serveEvents(app, authorizer) {
  app.get('/events', (req, res) => {
    authorizer.authenticate(req).then(
      ({ user }) => {
        // The client has left meanwhile, and there would be no event 'close' any more.
        if (res.destroyed) return;
        res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        res.write(`event: welcome\ndata: ${JSON.stringify(user.name)}\n\n`);
        const stop = authorizer.watch(req, (reason) => res.end(`event: bye\ndata: ${reason}\n\n`));
        res.on('close', stop);
      },
      // An EventSource does not come back after another status than 200.
      (error) => res.sendStatus(statusOf(error)),
    );
  });
}

/** A route that needs neither express-session nor passport.session() before it. */
function serveMe(app, authorizer) {
  app.get('/me', (req, res) => {
    authorizer.authenticate(req).then(
      ({ user }) => res.json({ name: user.name }),
      (error) => res.status(statusOf(error)).json({ code: error.code }),
    );
  });
}

async function start({ redisUrl, port }) {
  const client = createClient({ url: redisUrl });
  client.on('error', (error) => console.error('Redis:', error.message));
  await client.connect();
  const sessions = { secret: 'keyboard cat', store: new RedisStore({ client }) };

  const app = express();
  const server = http.createServer(app);
  const authorizer = authorize({ ...sessions, origin: 'same-host' });
  const wss = serveWebSockets(server, authorizer);
  serveEvents(app, authorizer);
  serveMe(app, authorizer);

  const cookie = { sameSite: 'lax' };
  app.use(session({ ...sessions, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());
  app.get('/', (_req, res) => res.sendFile(path.join(__dirname, 'page.html')));
  app.post(
    '/login',
    express.urlencoded(),
    passport.authenticate('local', { successRedirect: '/', failureRedirect: '/' }),
  );
  app.post('/logout', (req, res, next) => {
    // The connections of the session end by themselves: see watch.
    req.logout((error) => (error ? next(error) : res.redirect('/')));
  });

  // On the loopback interface only: the passwords are known to everybody.
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      for (const ws of wss.clients) ws.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
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
