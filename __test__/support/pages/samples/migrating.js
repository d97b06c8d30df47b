'use strict';

// docs/migrating.md: those before a change, too, as far as what they need is installed here.

const assert = require('node:assert/strict');
const original = require('passport.socketio');
const { forged } = require('../../frameworks');
const { sidesOf } = require('../blocks');
const { openSite } = require('../site');

module.exports = {
  'passport.socketio': async (t, { code }) => {
    const { before, after } = sidesOf(code);
    for (const side of [before, after]) {
      const site = await openSite(t);
      site.run(side);
      site.greet();
      assert.equal((await site.visit(site.ann)).welcome, 'ann');
      assert.equal((await site.visit(site.stranger)).refused?.message, 'Passport was not initialized');
      assert.equal((await site.visit()).refused?.message, 'No session found');
    }
  },

  guests: async (t, { code }) => {
    const { before, after } = sidesOf(code);
    const withOriginal = (name) => (name === 'passport-socketio-native' ? original : require(name));
    const answerTo = async (side, scope) => {
      const site = await openSite(t);
      site.run(side, scope);
      site.greet();
      return site.visit();
    };
    assert.equal((await answerTo(before, { require: withOriginal })).welcome, 'a guest');
    assert.equal((await answerTo(before)).refused?.data.code, 'NO_COOKIE');
    assert.equal((await answerTo(after)).welcome, 'a guest');
  },

  filter: async (t, { code }) => {
    const { before, after } = sidesOf(code);
    const site = await openSite(t);
    site.authorize();
    site.greet();
    const [ann, bob] = await Promise.all([site.visit(site.ann), site.visit(site.bob)]);
    bob.socket.on('message', () => assert.fail('bob is no woman'));
    for (const side of [before, after]) {
      const told = new Promise((resolve) => ann.socket.once('message', resolve));
      site.run(side);
      assert.equal(await told, 'hello, woman!');
    }
    const last = new Promise((resolve) => bob.socket.once('last', resolve));
    site.io.emit('last');
    await last;
  },

  namespaces: async (t, { code }) => {
    const site = await openSite(t);
    site.run(code);
    for (const name of ['/', '/chat', /^\/room-\d$/]) site.greet(site.io.of(name));
    for (const name of ['/', '/chat', '/room-1']) {
      assert.equal((await site.visit(site.ann, name)).welcome, 'ann');
      assert.equal((await site.visit(undefined, name)).refused?.data.code, 'NO_COOKIE');
    }
  },

  'express-socket.io-session': async (t, { code }) => {
    const site = await openSite(t);
    site.run(sidesOf(code).after);
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    assert.equal((await site.visit(site.stranger)).refused?.data.code, 'PASSPORT_NOT_INITIALIZED');
  },

  'guests of express-socket.io-session': async (t, { code }) => {
    const site = await openSite(t);
    site.run(code);
    site.greet();
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    for (const cookie of [undefined, site.stranger])
      assert.equal((await site.visit(cookie)).welcome, 'a guest');
    assert.equal((await site.visit(forged(site.ann))).refused?.message, 'No session found');
  },

  session: async (t, { code }) => {
    const site = await openSite(t);
    site.authorize({ fail: (_data, _message, _critical, accept) => accept() });
    site.run(code);
    site.greet();
    const [ann, guest] = await Promise.all([site.visit(site.ann), site.visit()]);
    const add = ({ socket }, item) => new Promise((resolve) => socket.emit('add to cart', item, resolve));
    assert.deepEqual([await add(ann, 'tea'), await add(ann, 'rum')], ['saved', 'saved']);
    assert.equal(await add(guest, 'tea'), 'no session');
    const stored = Object.values(site.sessionStore.sessions).map((text) => JSON.parse(text));
    const { cart } = stored.find((one) => one.passport?.user === 'ann');
    assert.deepEqual(cart, ['tea', 'rum']);
  },

  recipe: async (t, { code }) => {
    const { before, after } = sidesOf(code);
    for (const side of [before, after]) {
      const site = await openSite(t);
      site.run(side);
      assert.equal((await site.visit(site.ann)).welcome, 'ann');
      for (const cookie of [undefined, site.stranger]) assert.ok((await site.visit(cookie)).refused);
    }
  },

  allowRequest: async (t, { code }) => {
    const site = await openSite(t, { withSocketIo: false });
    site.run(code);
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    for (const cookie of [undefined, site.stranger]) assert.ok((await site.visit(cookie)).refused);
    const { status } = await fetch(`${site.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { connection: 'close' },
    });
    assert.equal(status, 403);
  },
};
