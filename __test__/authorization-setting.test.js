'use strict';

// `io.set('authorization', …)`, as code from the time of 0.9 still has it on Socket.IO 1 and 2: the authorizer is
// called with the request itself, in the style of 0.9.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { heardByEach } = require('./support/libraries');
const { connect } = require('./support/socket-client');
const { serve } = require('./support/socket-server');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

const ANN = { name: 'ann', logged_in: true };

/** Callbacks, and what somebody logged in and somebody without a cookie hear. */
const TABLE = [
  ['the default callbacks', {}, ANN, 'Not authorized'],
  [
    'accept with a boolean',
    {
      success: (_data, accept) => accept(null, true),
      fail: (_data, _message, _critical, accept) => accept(null, false),
    },
    ANN,
    'Not authorized',
  ],
  [
    'accept with an error',
    { fail: (_data, message, _critical, accept) => accept(new Error(message), false) },
    ANN,
    'Error: No session found',
  ],
  [
    'accept with a text',
    { fail: (_data, message, _critical, accept) => accept(message, false) },
    ANN,
    'No session found',
  ],
  // In the style of 0.9 no answer is a no.
  [
    'accept() without an answer',
    { success: (_data, accept) => accept() },
    'Not authorized',
    'Not authorized',
  ],
];

for (const version of [1, 2]) {
  for (const [title, callbacks, hearsKnown, hearsStranger] of TABLE) {
    test(`Socket.IO ${version}: io.set('authorization', …), ${title}, as the original`, async (t) => {
      const attach = (library) => attachTo(version, library, callbacks);
      const hear = (app, visitors) => heardIn(t, app, version, visitors);
      const heard = await heardByEach(t, redis, attach, hear);
      assert.deepEqual(heard.ours, heard.original);
      assert.deepEqual(heard.ours['logged in, by polling'], hearsKnown);
      assert.deepEqual(heard.ours['without a cookie, by polling'], hearsStranger);
    });
  }
}

function attachTo(version, library, callbacks) {
  return (server, login) => {
    const io = serve(version, server);
    io.set('authorization', library.authorize({ ...login, redis: redis.url, ...callbacks }));
    for (const namespace of [io, io.of('/chat')]) {
      namespace.on('connection', (socket) => socket.emit('welcome', socket.request.user));
    }
    return io;
  };
}

/** What each visitor hears, by either transport, in either namespace. */
async function heardIn(t, app, version, visitors) {
  const heard = {};
  for (const [transport, namespace] of Object.entries({ websocket: '/', polling: '/chat' })) {
    for (const [visitor, cookie] of Object.entries(visitors)) {
      const options = { version, cookie, transports: [transport] };
      const { welcome, refused } = await connect(t, app.url + namespace, options);
      heard[`${visitor}, by ${transport}`] = welcome ?? refused;
    }
  }
  return heard;
}
