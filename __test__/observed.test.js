'use strict';

// Objects of the app that throw when they are looked at: Socket.IO gets the decision all the same, whoever hears of it.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runScript } = require('./support/child');

const SUBSCRIBE = `
  const { subscribe } = require('node:diagnostics_channel');
  for (const name of ['authorized', 'refused']) subscribe('passport-socketio-native:' + name, () => {});
`;
const TRACE = `
  const { tracingChannel } = require('node:diagnostics_channel');
  tracingChannel('passport-socketio-native:authorize').subscribe({ start() {}, error() {}, asyncEnd() {} });
`;
/** Who hears of it: a script that comes first, and the environment. */
const HEARERS = {
  nobody: ['', {}],
  subscribers: [SUBSCRIBE, {}],
  'who traces': [TRACE, {}],
  'the debug log': ['', { NODE_DEBUG: 'passport-socketio-native' }],
};

const SCRIPT = `
  const boom = () => { throw new Error('boom'); };
  const store = { get: (sid, done) => done(null, { passport: { user: 'ann' } }) };
  const come = (options, nsp = { name: '/' }) =>
    new Promise((resolve) => {
      const authorizer = authorize({ secret: SECRET, store, passport: passportOf(), ...options });
      const socket = { request: { headers: { cookie: cookieOf('ann') } }, nsp };
      const late = setTimeout(resolve, 2000, 'no decision');
      authorizer(socket, (error) => { clearTimeout(late); resolve(error ? error.code : 'let in'); });
    });
  /** A user that throws when it is read once more than so often. */
  const readable = (times) => ({
    success(data, accept) {
      let reads = 0;
      Object.defineProperty(data, 'user', { get: () => (reads++ < times ? { id: 'ann' } : boom()) });
      accept();
    },
  });
  const user = { get logged_in() { return boom(); } };
  const cause = new Proxy({}, { get: boom, has: boom, getPrototypeOf: boom });
  (async () => {
    const said = [];
    for (let times = 2; times < 6; times++) said.push(await come(readable(times)));
    said.push(await come({ passport: passportOf((key, done) => done(null, user)), success: (data, accept) => accept(null, false) }));
    said.push(await come({ passport: passportOf((key, done) => done(cause)) }));
    said.push(await come({}, { get name() { return boom(); } }));
    console.log(said.join());
  })();
`;

for (const [who, [before, env]] of Object.entries(HEARERS)) {
  test(`heard by ${who}`, async () => {
    const { out, code } = await runScript(before + SCRIPT, { env: { NODE_ENV: 'production', ...env } });
    const expected = 'let in,let in,let in,let in,REFUSED,DESERIALIZE_ERROR,let in';
    assert.deepEqual([out, code], [expected, 0]);
  });
}
