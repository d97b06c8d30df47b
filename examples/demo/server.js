'use strict';

const http = require('node:http');
const { once } = require('node:events');
const express = require('express');
const { attachChat } = require('./chat');
const { Ends } = require('./ends');
const { makeLog } = require('./log');
const { Logins } = require('./logins');
const { addPages } = require('./pages');
const { Panel } = require('./panel');
const { Refusals } = require('./refusals');
const { openSessions } = require('./store');
const { banned, passport } = require('./users');

// Not `connect.sid`: cookies are shared by all ports of localhost, and so by every app that is developed there.
const COOKIE = 'demo.sid';
const SECRET = 'keyboard cat';
/** Connections that may wait to be accepted: the button opens a thousand at once, and Node's default is 511. */
const BACKLOG = 2_048;

/**
 * The whole app, on the loopback interface only: its passwords are known to everybody. Port 0 is a free one.
 * @param {{ port?: number, print?: (text: string) => void }} [options] - `print` gets the lines of the log
 */
async function startDemo({ port = 0, print } = {}) {
  const sessions = await openSessions();
  try {
    return await assemble(sessions, port, makeLog(print));
  } catch (error) {
    await sessions.close();
    throw error;
  }
}

async function assemble(sessions, port, log) {
  const app = express();
  const server = http.createServer(app);
  // Express and Socket.IO have the same cookie, secret, store and Passport: that is all that joins them.
  const login = { cookie: COOKIE, secret: SECRET, store: sessions.store, passport };
  const notes = { ends: new Ends(), refusals: new Refusals(), logins: new Logins(), log };
  const chat = attachChat(server, login, notes);
  const demo = { ...notes, sessions, banned, chat, cookieName: COOKIE, closing: new AbortController() };
  demo.panel = new Panel(demo);
  addPages(app, login, demo);

  const stop = async () => {
    demo.closing.abort();
    demo.panel.close();
    const closed = chat.close();
    // Those that a browser keeps for its next request.
    server.closeAllConnections();
    await closed;
  };
  try {
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG });
    await once(server, 'listening');
  } catch (error) {
    await stop();
    throw error;
  }
  demo.port = server.address().port;
  return {
    port: demo.port,
    cookieName: COOKIE,
    sessions,
    authorizer: chat.authorizer,
    async stop() {
      await stop();
      await sessions.close();
    },
  };
}

module.exports = { startDemo };
