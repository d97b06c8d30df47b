'use strict';

// The live sessions of one authorizer, with a watch that the test plays.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { once } = require('node:events');
const { test } = require('node:test');
const { LiveSessions } = require('../lib/live');
const { slots } = require('../lib/live/slots');
const { PollWatch } = require('../lib/sessions/watch/poll');
const { FakeNamespace, connect } = require('./support/index-sockets');
const { until } = require('./support/live/app');
const { crowdOf } = require('./support/live/crowd');

/** @param {string[]} names - of connected sockets, each with a session of its own, of the user 1 */
function liveOf(onSessionEnd, names) {
  const watched = [];
  let onEnd;
  const watch = {
    watch: (slot, turn) => watched.push([slot, turn]),
    unwatch: () => {},
    idsOf: () => new Map(),
    close: () => {},
  };
  const openWatch = (settings) => {
    onEnd = settings.onEnd;
    return watch;
  };
  const live = LiveSessions.of({ onSessionEnd }, { openWatch });
  const sockets = names.map((name) => ({ name, nsp: {}, connected: true, request: { headers: {} } }));
  for (const socket of sockets) live.begin(socket, { id: socket.name, identity: '1' });
  return { live, sockets, end: () => watched.forEach(([slot, turn]) => onEnd(slot, turn, 'expired')) };
}

test('whatever a callback throws is a warning, and the others are told', async () => {
  const fails = () => {
    throw new Error('not readable');
  };
  const thrown = {
    ann: new Proxy({}, { get: fails }),
    bob: Object.defineProperty(new Error('bob'), 'stack', { get: fails }),
    cat: undefined,
    dan: Object.create(null),
  };
  const told = [];
  const { end } = liveOf(({ name }) => {
    told.push(name);
    throw thrown[name];
  }, Object.keys(thrown));
  const warned = once(process, 'warning');
  end();
  await until(() => told.length === 4);
  const [{ code, message }] = await warned;
  assert.equal(code, 'SESSION_END_ERROR');
  assert.match(message, /something of type object$/u);
});

test('a session whose end is under way has no other user', () => {
  const { live, sockets } = liveOf(() => {}, ['ann']);
  assert.equal(live.isOther(sockets[0], 1), false);
  assert.equal(live.isOther({}, 1), undefined);
  live.close();
});

test('a new namespace does not read the slots of all others', (t) => {
  const { authorizer } = crowdOf();
  const read = t.mock.method(slots, 'socketsOf');
  for (let i = 0; i < 3; i++) connect(authorizer, new FakeNamespace(`/room-${i}`), { id: i });
  assert.equal(authorizer.stats().watch.sockets, 3);
  assert.equal(read.mock.callCount(), 0);
  authorizer.close();
});

test('a poll keeps nothing of the client whose session was the first', async (t) => {
  const store = { get: (_sid, done) => done(null, { passport: { user: 1 } }) };
  const options = { store, passport: { _key: 'passport' }, timeout: 1000 };
  const watch = new PollWatch(options, { recheckEvery: 10, onEnd: assert.fail });
  t.after(() => watch.close());
  const client = new AsyncLocalStorage();
  const seen = [];
  t.mock.method(watch, 'recheck', () => seen.push(client.getStore()));
  client.run('ann', () => watch.watch(1, 0, 'sid', '1'));
  await until(() => seen.length > 1);
  assert.deepEqual([...new Set(seen)], [undefined]);
});
