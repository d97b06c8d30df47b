'use strict';

const { EventEmitter } = require('node:events');

/**
 * Sockets without a connection: what an authorizer reads of the real ones, with new objects for each. `bench/storm` has real
 * ones, which cost a hundred times as much as the authorization.
 */

const URL = '/socket.io/?EIO=4&transport=websocket';
const HOST = 'chat.example.com';
const ORIGIN = 'https://chat.example.com';
const USER_AGENT = 'Mozilla/5.0 (X11) Firefox/140.';

/** The network's socket. */
class FakeStream {
  encrypted = false;
  remoteAddress = '203.0.113.7';
  /** @type {(() => void) | undefined} */
  onDestroy = undefined;

  once() {}

  destroy() {
    this.onDestroy?.();
  }
}

class FakeRequest {
  method = 'GET';
  url = URL;
  httpVersion = '1.1';

  constructor(cookie) {
    this.socket = new FakeStream();
    this.connection = this.socket;
    this.headers = {
      host: HOST,
      connection: 'Upgrade',
      upgrade: 'websocket',
      origin: ORIGIN,
      'user-agent': USER_AGENT,
      cookie,
    };
    this._query = { EIO: '4', transport: 'websocket' };
  }
}

/** As Engine.IO's own, which it makes for each upgrade request, whether there are middlewares or not. */
class FakeResponse extends EventEmitter {
  #headers = {};

  constructor(request) {
    super();
    this.req = request;
    this.socket = request.socket;
    this.socket.once('close', () => this.emit('close'));
  }

  setHeader(name, value) {
    this.#headers[name] = value;
  }

  getHeader(name) {
    return this.#headers[name];
  }

  removeHeader(name) {
    delete this.#headers[name];
  }

  write() {}

  writeHead() {}

  end() {
    this.emit('finish');
    this.socket.destroy();
  }
}

/** The connection of Engine.IO, with the listeners that it and Socket.IO have added. */
class FakeConnection extends EventEmitter {
  readyState = 'open';
  protocol = 4;

  constructor(request) {
    super();
    this.request = request;
    this.on('close', ofEngineIo);
    this.on('close', ofSocketIo);
  }
}

function ofEngineIo() {}
function ofSocketIo() {}

class FakeSocket {
  id = 0;
  connected = false;
  data = {};

  /** @param {FakeNamespace} nsp */
  constructor(visitor, nsp) {
    this.nsp = nsp;
    this.request = new FakeRequest(visitor.cookie);
    this.response = new FakeResponse(this.request);
    this.conn = new FakeConnection(this.request);
    this.handshake = {
      headers: this.request.headers,
      url: URL,
      query: this.request._query,
      auth: { token: visitor.token },
    };
    /** For the floor, which knows the user beforehand. */
    this.visitor = visitor;
  }
}

/** A namespace whose sockets may connect when they are let in, and leave after the round. */
class FakeNamespace extends EventEmitter {
  name = '/';
  sockets = new Map();
  #count = 0;

  enter(socket) {
    socket.id = this.#count++;
    socket.connected = true;
    this.sockets.set(socket.id, socket);
  }

  leaveAll() {
    for (const [id, socket] of this.sockets) {
      socket.connected = false;
      this.sockets.delete(id);
    }
  }
}

module.exports = { FakeNamespace, FakeSocket };
