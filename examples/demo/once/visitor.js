'use strict';

const assert = require('node:assert/strict');
const { answer, connect } = require('../client');
const { personOf } = require('../users');

const ANSWER_WITHIN_MS = 60_000;

/** What a browser does with the demo, without the browser. Cookies are `Cookie` headers, kept by the caller. */
class Visitor {
  #port;
  #cookieName;
  #sockets = [];

  constructor({ port, cookieName }) {
    this.#port = port;
    this.#cookieName = cookieName;
  }

  /** Resolves with the session's cookie. */
  async logIn(name) {
    const { response, body } = await this.tryLogIn(name);
    assert.equal(response.status, 200, body.message);
    const [cookie] = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    assert.ok(cookie?.startsWith(`${this.#cookieName}=s%3A`), 'the log-in set no signed session cookie');
    return cookie;
  }

  tryLogIn(name) {
    const { password } = personOf(name);
    return this.#ask('POST', '/login', { body: new URLSearchParams({ username: name, password }) });
  }

  async logOut(cookie) {
    const { response } = await this.#ask('POST', '/logout', { headers: { cookie } });
    assert.equal(response.status, 200);
  }

  /** What became of a button of the page. */
  async press(button, cookie, fields = {}) {
    const init = { headers: cookie && { cookie }, body: new URLSearchParams(fields) };
    const { body } = await this.#ask('POST', `/try/${button}`, init);
    return body;
  }

  async explain(cookie) {
    const { response, body } = await this.#ask('GET', '/explain', { headers: cookie && { cookie } });
    assert.equal(response.status, 200);
    return body;
  }

  /** The first event of the panel, which comes at once. */
  async panel() {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(`http://127.0.0.1:${this.#port}/panel`, { signal });
    let text = '';
    // The end of the loop cancels the stream, and so closes the connection.
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('\n\n')) break;
    }
    const [, data] = /^event: panel\ndata: (.*)\n\n/.exec(text);
    return JSON.parse(data);
  }

  /** The panel's first event that is so: it has one a second. */
  async panelOnce(isSo) {
    for (;;) {
      const data = await this.panel();
      if (isSo(data)) return data;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Connects, is greeted by this name, and resolves with the socket. */
  async enter(cookie, name) {
    const socket = this.connect(cookie);
    assert.deepEqual(await answer(socket), { greeted: name });
    return socket;
  }

  connect(cookie) {
    const socket = connect(this.#port, { cookie });
    this.#sockets.push(socket);
    return socket;
  }

  leave() {
    for (const socket of this.#sockets) socket.disconnect();
  }

  async #ask(method, path, init) {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      ...init,
      method,
      headers: { accept: 'application/json', ...init.headers },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return { response, body: await response.json() };
  }
}

module.exports = { Visitor };
