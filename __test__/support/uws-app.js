'use strict';

const http = require('node:http');

/**
 * The part of a uWebSockets.js app that Engine.IO's server needs for polling, over node:http. uWebSockets.js itself is not
 * on npm. As there, the methods of a request work only during the call of its handler.
 */
class UwsApp {
  #server = http.createServer((message, response) => this.#handle(message, response));
  #handler;

  any(_path, handler) {
    this.#handler = handler;
    return this;
  }

  /** Serves the client's files. */
  get() {
    return this;
  }

  /** WebSockets: the request of a handshake is created like any other one. */
  ws() {
    return this;
  }

  get server() {
    return this.#server;
  }

  #handle(message, response) {
    const request = new UwsRequest(message);
    this.#handler(new UwsResponse(message, response), request);
    request.expire();
  }
}

class UwsRequest {
  #message;

  constructor(message) {
    this.#message = message;
  }

  getMethod() {
    return this.#live.method.toLowerCase();
  }

  getUrl() {
    return this.#live.url.split('?')[0];
  }

  getQuery() {
    return this.#live.url.split('?')[1] ?? '';
  }

  getHeader(name) {
    return this.#live.headers[name] ?? '';
  }

  forEach(callback) {
    for (const [name, value] of Object.entries(this.#live.headers)) callback(name, value);
  }

  expire() {
    this.#message = undefined;
  }

  get #live() {
    if (!this.#message)
      throw new Error('uWS.HttpRequest must not be accessed after await or route handler return');
    return this.#message;
  }
}

class UwsResponse {
  #message;
  #response;

  constructor(message, response) {
    this.#message = message;
    this.#response = response;
  }

  getRemoteAddressAsText() {
    return Buffer.from(this.#message.socket.remoteAddress);
  }

  onAborted(callback) {
    this.#message.on('aborted', callback);
    return this;
  }

  onData(callback) {
    this.#message.on('data', (chunk) => callback(chunk, false));
    this.#message.on('end', () => callback(Buffer.alloc(0), true));
    return this;
  }

  cork(write) {
    write();
    return this;
  }

  writeStatus(status) {
    this.#response.statusCode = Number.parseInt(status, 10);
    return this;
  }

  writeHeader(name, value) {
    this.#response.setHeader(name, value);
    return this;
  }

  end(body) {
    this.#response.end(body);
    return this;
  }
}

module.exports = { UwsApp };
