'use strict';

// A whole app with sessions in memory, for bundlers and other runtimes. It logs one user in over HTTP, connects that user
// and a stranger, prints the result of each, and ends.

const { once } = require('node:events');
const http = require('node:http');
const express = require('express');
const session = require('express-session');
const { Passport } = require('passport');
const { Server } = require('socket.io');
const { io: connect } = require('socket.io-client');
const { authorize } = require('passport-socketio-native');

const secret = 'keyboard cat';

async function main() {
  const passport = new Passport();
  passport.serializeUser((user, done) => done(null, user.name));
  passport.deserializeUser((name, done) => done(null, { name }));

  const store = new session.MemoryStore();
  const app = express();
  app.use(session({ secret, store, resave: false, saveUninitialized: false }), passport.session());
  app.post('/login/:name', (req, res, next) =>
    req.logIn({ name: req.params.name }, (error) => (error ? next(error) : res.end())),
  );

  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const io = new Server(server);
  io.use(authorize({ secret, store, passport }));
  io.on('connection', (socket) => socket.emit('welcome', socket.request.user.name));

  const login = await fetch(`${url}/login/ann`, { method: 'POST' });
  const [cookie] = login.headers.get('set-cookie').split(';');
  console.log(await answerTo(url, cookie), await answerTo(url, cookie.slice(0, -1)));
  await io.close();
  process.exit();
}

/** The user name in the server's greeting, or the code of the refusal. */
async function answerTo(url, cookie) {
  const socket = connect(url, { extraHeaders: { cookie }, reconnection: false, forceNew: true });
  const answer = await new Promise((resolve) => {
    socket
      .once('welcome', resolve)
      .once('connect_error', (error) => resolve(error.data?.code ?? error.message));
  });
  socket.close();
  return answer;
}

main();
