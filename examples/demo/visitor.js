'use strict';

const assert = require('node:assert/strict');
const { io } = require('socket.io-client');
const { people } = require('./users');

const ANSWER_WITHIN_MS = 10_000;

/** What a browser does with the demo, without the browser. Cookies are `Cookie` headers, kept by the caller. */
class Visitor {
  #origin;
  #cookieName;
  #sockets = [];

  constructor({ port, cookieName }) {
    this.#origin = `http://127.0.0.1:${port}`;
    this.#cookieName = cookieName;
  }

  /** Resolves with the session's cookie. */
  async logIn(name) {
    const { password } = people.find((person) => person.name === name);
    const response = await this.#post('/login', { body: new URLSearchParams({ username: name, password }) });
    assert.equal(response.headers.get('location'), '/', 'the log-in was turned down');
    const [cookie] = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    assert.ok(cookie?.startsWith(`${this.#cookieName}=s%3A`), 'the log-in set no signed session cookie');
    return cookie;
  }

  async logOut(cookie) {
    await this.#post('/logout', { headers: { cookie } });
  }

  connect(cookie) {
    const socket = io(this.#origin, {
      transports: ['websocket'],
      extraHeaders: cookie && { cookie },
      reconnection: false,
      forceNew: true,
    });
    this.#sockets.push(socket);
    return socket;
  }

  leave() {
    for (const socket of this.#sockets) socket.disconnect();
  }

  async #post(path, init) {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(this.#origin + path, {
      ...init,
      method: 'POST',
      redirect: 'manual',
      signal,
    });
    // Read to its end, so that the connection is free again.
    await response.text();
    assert.equal(response.status, 302, `the status of POST ${path}`);
    return response;
  }
}

module.exports = { Visitor };
