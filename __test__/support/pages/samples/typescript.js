'use strict';

// docs/typescript.md

const assert = require('node:assert/strict');
const http = require('node:http');
const { once } = require('node:events');
const { Passport } = require('passport');
const ts = require('typescript');
const { filterSocketsByUser } = require('../../../..');
const { connect } = require('../../socket-client');
const { SECRET, openSite } = require('../site');
const { assertIsTheApp, assertLogOutEnds, serveApp } = require('../whole-app');

module.exports = {
  'whole app as an ES module': async (t, block) => {
    const url = await serveApp(t, block, 'server.mjs');
    await assertIsTheApp(t, url);
    await assertLogOutEnds(t, url);
  },

  'sockets of an app': async (t, { code }) => {
    const site = await openSite(t, { withSocketIo: false });
    const passport = new Passport();
    passport.deserializeUser((name, done) => done(null, { id: 1, name, team: 'red' }));
    const exports = {};
    site.run(compiled(code), {
      exports,
      require: (name) => (name === 'passport' ? passport : require(name)),
    });
    const server = http.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const io = exports.attachSockets(server, { secret: SECRET, store: site.sessionStore });
    t.after(() => io.close());

    const url = `http://127.0.0.1:${server.address().port}`;
    const mates = [await connect(t, url, { cookie: site.ann }), await connect(t, url, { cookie: site.bob })];
    assert.deepEqual(
      mates.map(({ welcome }) => welcome),
      ['ann', 'bob'],
    );
    const heard = mates.map(({ socket }) => new Promise((resolve) => socket.once('said', resolve)));
    mates[0].socket.emit('say', 'hello');
    assert.deepEqual(await Promise.all(heard), ['ann', 'ann']);
    assert.equal((await connect(t, url)).refused?.data.code, 'NO_COOKIE');
  },

  'typed callbacks': async (t, { code }) => {
    const site = await openSite(t);
    site.run(compiled(code), { exports: {} });
    site.greet();
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    assert.equal((await site.visit(site.bob)).refused?.data.code, 'REFUSED');
    assert.equal((await site.visit()).refused?.data.code, 'NO_COOKIE');
  },

  'typed filter': async (t, { code }) => {
    const site = await openSite(t);
    site.authorize();
    site.greet();
    const [ann, bob] = [await site.visit(site.ann), await site.visit(site.bob)];
    bob.socket.on('message', () => assert.fail('bob is no admin'));
    const heard = new Promise((resolve) => ann.socket.once('message', resolve));
    site.run(compiled(code), { filterSocketsByUser });
    assert.equal(await heard, 'hello');
  },
};

/** TypeScript as the CommonJS that Node runs. */
function compiled(code) {
  const compilerOptions = { module: 'commonjs', target: 'es2022', esModuleInterop: true };
  return ts.transpileModule(code, { compilerOptions }).outputText.replace('"use strict";', '');
}
