'use strict';

// docs/security.md

const assert = require('node:assert/strict');
const { authorize } = require('../../../..');
const { cookieOf } = require('../../visit');
const { SECRET, openSite, requireWith } = require('../site');

module.exports = {
  settled: async (t, { code }) => {
    const site = await openSite(t, { withSocketIo: false });
    const process = { env: { SESSION_SECRET: 'new', FORMER_SESSION_SECRET: SECRET } };
    let io;
    const { Server } = require('socket.io');
    class Noted extends Server {
      constructor(...args) {
        super(...args);
        io = this;
      }
    }
    // Sessions are in memory here, and are asked for as often as possible.
    const ours = requireWith({ authorize: (options) => authorize({ recheckEvery: 100, ...options }) });
    const withNoted = (name) => (name === 'socket.io' ? { Server: Noted } : ours(name));
    site.run(code, { process, require: withNoted });
    t.after(() => io.close());
    site.greet(io);
    site.greet(io.of('/chat'));
    const [id] = Object.entries(site.sessionStore.sessions).find(([, text]) => text.includes('"ann"'));

    for (const cookie of [site.ann, cookieOf(id, { secret: 'new' })]) {
      for (const namespace of ['/', '/chat']) {
        assert.equal((await site.visit(cookie, namespace)).welcome, 'ann');
      }
    }
    const codeOf = async (...visitor) => (await site.visit(...visitor)).refused?.data.code;
    assert.equal(await codeOf(undefined, '/chat'), 'NO_COOKIE');
    assert.equal(await codeOf(cookieOf(id, { secret: 'another' })), 'BAD_SIGNATURE');
    assert.equal(await codeOf(undefined, '/', { query: { session_id: id } }), 'NO_COOKIE');
    const extraHeaders = { cookie: site.ann, origin: 'https://evil.example' };
    assert.equal(await codeOf(undefined, '/', { extraHeaders, transportOptions: {} }), 'ORIGIN_NOT_ALLOWED');
    const { socket } = await site.visit(site.ann, '/chat');
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    site.sessionStore.destroy(id);
    assert.equal(await gone, 'io server disconnect');
  },

  protect: async (t, { code }) => {
    const site = await openSite(t);
    site.run(code);
    for (const name of ['/', '/later']) site.greet(site.io.of(name));
    site.io.of('/admin').on('connection', (socket) => socket.emit('welcome', 'an admin'));
    for (const name of ['/', '/chat', '/later']) {
      assert.equal((await site.visit(site.ann, name)).welcome, 'ann');
      assert.equal((await site.visit(undefined, name)).refused?.data.code, 'NO_COOKIE');
    }
    assert.equal((await site.visit(undefined, '/public-news')).welcome, 'everybody');
    assert.equal((await site.visit(undefined, '/admin')).welcome, 'an admin');
  },
};
