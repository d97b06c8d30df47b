'use strict';

const { IncomingMessage } = require('node:http');
const net = require('node:net');
const { sign } = require('cookie-signature');
const { Passport } = require('passport');
const { Server } = require('socket.io');
const { SECRET } = require('./sessions');

// The Engine.IO of this Socket.IO.
const engineIo = require(require.resolve('engine.io', { paths: [require.resolve('socket.io')] }));

/** Longer than the benchmark. */
const NEVER_MS = 2 ** 31 - 1;
/** How many connect at a time. */
const BATCH = 1000;
const HEADERS = {
  host: 'chat.example.com',
  connection: 'Upgrade',
  upgrade: 'websocket',
  origin: 'https://chat.example.com',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'accept-language': 'en-GB,en;q=0.7',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'c29tZXRoaW5nIHJhbmRvbQ==',
  'sec-websocket-extensions': 'permessage-deflate',
};

/**
 * A Socket.IO 4 server and its clients, with all objects of a real app: sockets, clients, Engine.IO connections, requests,
 * sessions, users. Only the transports are not connected.
 */
class Crowd {
  io = new Server({ serveClient: false, connectTimeout: NEVER_MS });
  #engine = new engineIo.Server({ pingInterval: NEVER_MS });

  constructor() {
    this.io.bind(this.#engine);
  }

  /**
   * Clients connect to a namespace. If its middlewares answer at once, the clients are connected when this resolves.
   * @param {string[]} sids - the ids of their sessions
   */
  async connect(namespace, sids) {
    for (let start = 0; start < sids.length; start += BATCH) {
      for (const sid of sids.slice(start, start + BATCH)) this.#open(namespace, sid);
      await turn();
    }
  }

  #open({ name }, sid) {
    const request = requestOf(sid);
    const connection = new engineIo.Socket(`engine-${sid}`, this.#engine, new Nowhere(request), request, 4);
    this.#engine.emit('connection', connection);
    connection.emit('data', name === '/' ? '0' : `0${name},`);
  }
}

class Nowhere extends engineIo.Transport {
  name = 'websocket';
  writable = true;

  send() {}

  doClose(done) {
    done?.();
  }
}

/** Resolves when Socket.IO and the authorizer have done their deferred work. */
function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

function requestOf(sid) {
  const request = new IncomingMessage(new net.Socket());
  request.method = 'GET';
  request.url = '/socket.io/?EIO=4&transport=websocket';
  request.headers = { ...HEADERS, cookie: `connect.sid=${encodeURIComponent(`s:${sign(sid, SECRET)}`)}` };
  request._query = { EIO: '4', transport: 'websocket' };
  return request;
}

/** Options of `authorize`: every session exists, and its user is `userOf(sid)`, created at each look-up. */
function optionsFor(userOf) {
  const passport = new Passport();
  passport.deserializeUser((sid, done) => done(null, userOf(sid)));
  const store = { get: (sid, done) => done(null, { cookie: {}, passport: { user: sid } }) };
  return { secret: SECRET, store, passport };
}

module.exports = { Crowd, turn, optionsFor };
