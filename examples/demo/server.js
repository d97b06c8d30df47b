'use strict';

const http = require('node:http');
const { once } = require('node:events');
const express = require('express');
const { attachChat } = require('./chat');
const { addPages } = require('./pages');
const { openSessions } = require('./store');
const { passport } = require('./users');

// Not `connect.sid`: cookies are shared by all ports of localhost, and so by every app that is developed there.
const COOKIE = 'demo.sid';
const SECRET = 'keyboard cat';

/** The whole app, on the loopback interface only: its passwords are known to everybody. Port 0 is a free one. */
async function startDemo({ port = 0 } = {}) {
  const sessions = await openSessions();
  try {
    return await assemble(sessions, port);
  } catch (error) {
    await sessions.close();
    throw error;
  }
}

async function assemble(sessions, port) {
  const app = express();
  const server = http.createServer(app);
  // Express and Socket.IO have the same cookie, secret, store and Passport: that is all that joins them.
  const login = { cookie: COOKIE, secret: SECRET, store: sessions.store, passport };
  const chat = attachChat(server, login);
  const facts = () => ({ sessions: sessions.description, backend: chat.backend(), watch: chat.watch() });
  addPages(app, login, facts);
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    await chat.close();
    throw error;
  }
  return {
    port: server.address().port,
    cookieName: COOKIE,
    sessions,
    backend: chat.backend,
    watch: chat.watch,
    async stop() {
      await chat.close();
      await sessions.close();
    },
  };
}

module.exports = { startDemo };
