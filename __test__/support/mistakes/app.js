'use strict';

// A small app with one mistake, in a process of its own: Express, express-session, Passport, Socket.IO, and real clients. What
// it prints is what its developer sees. Its argument is the name of the mistake; it sends the parent what must not be printed.

const { once } = require('node:events');
const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const express = require('express');
const session = require('express-session');
const { Passport } = require('passport');
const { Server } = require('socket.io');
const { io: connect } = require('socket.io-client');
const { authorize } = require('../../..');
const { SECRET, MISTAKES } = require('./index');

/** So long a client waits for an answer that may never come. */
const PATIENCE_MS = 3000;

/** The `fail` of docs/troubleshooting.md. */
function fail(data, message, critical, accept, { code, hint }) {
  console.warn(`${code}: ${hint}`);
  accept(null, false);
}

async function main(mistake) {
  const passport = passportOf(mistake.deserialize);
  const { store, name, close } = await (mistake.sessions ?? memory)();
  const app = express();
  const settings = { secret: SECRET, store, name, resave: false, saveUninitialized: true };
  app.use(session(settings), passport.session());
  app.get('/', (req, res) => res.send(req.sessionID));
  app.post('/login', (req, res, next) =>
    req.logIn({ name: 'ann' }, (error) => (error ? next(error) : res.send(req.sessionID))),
  );
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const site = {
    url,
    app,
    server,
    store,
    ann: await browse(`${url}/login`, 'POST'),
    stranger: await browse(url, 'GET'),
  };
  process.send({ ids: [site.ann.id, site.stranger.id] });
  await mistake.prepare?.(site);

  const usual = { secret: SECRET, store, passport, ...(mistake.logs && { fail }) };
  const options = mistake.options ? mistake.options(usual) : usual;
  const authorizer = authorize(options);
  const io = new Server(server, mistake.server?.(authorizer));
  if (mistake.attach) mistake.attach(io, authorizer, app);
  else io.use(authorizer);
  for (const visitor of mistake.visits ?? [({ ann }) => ann]) await visit(url, visitor(site));
  await mistake.afterwards?.(site, io);
  // A warning is printed in a later turn.
  await sleep(20);
  await close?.();
  process.exit();
}

const memory = () => ({ store: new session.MemoryStore() });

function passportOf(deserialize = (name, done) => done(null, { name })) {
  const passport = new Passport();
  passport.serializeUser((user, done) => done(null, user.name));
  if (deserialize) passport.deserializeUser(deserialize);
  return passport;
}

/** Sends a request as a browser: a cookie, and the id of its session. */
async function browse(url, method) {
  const response = await fetch(url, { method, headers: { connection: 'close' } });
  return { cookie: response.headers.getSetCookie()[0].split(';')[0], id: await response.text() };
}

/** Connects, and stays until it is let in or refused, or until its patience is over. */
async function visit(url, { cookie, origin, query, namespace = '', patience = PATIENCE_MS }) {
  const extraHeaders = { ...(cookie && { cookie }), ...(origin && { origin }) };
  const settings = { transports: ['websocket'], reconnection: false, forceNew: true };
  const socket = connect(url + namespace, { ...settings, extraHeaders, query });
  const answer = new Promise((resolve) => {
    socket.once('connect', resolve);
    socket.once('connect_error', resolve);
  });
  await Promise.race([answer, sleep(patience)]);
  // A later visit, and what happens afterwards, find it there.
}

main(MISTAKES[process.argv[2]]);
