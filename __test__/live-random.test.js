'use strict';

// Sockets that come and go while sessions end at random, with fixed seeds. When all is quiet, exactly the sockets whose
// session lives, with the user of their log-in, are watched, and each of the others was told once.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { until } = require('./support/live/app');
const { FakeNamespace, authorizerOf, disconnect, enter, visitorOf } = require('./support/index-sockets');
const { SEED, randomOf } = require('./support/random');
const { cookieOf, passportOf } = require('./support/visit');

const IDS = 40;
const STEPS = 2000;

/** A store that answers in the call, soon, late, or with an error; and the users of its sessions, by id. */
function storeOf(random, users) {
  let isQuiet = false;
  const store = {
    asked: 0,
    calmDown: () => (isQuiet = true),
    get(sid, done) {
      store.asked += 1;
      // As it is now: an answer that comes late is old.
      const session = users.has(sid) ? { passport: { user: users.get(sid) } } : undefined;
      const answer = () => done(null, session);
      const dice = random.below(100);
      if (isQuiet || dice < 40) answer();
      else if (dice < 70) setImmediate(answer);
      else if (dice < 85) setTimeout(answer, random.below(10));
      else done(new Error('down'));
    },
  };
  return store;
}

for (const seed of [SEED, SEED + 1, SEED + 2]) {
  test(`seed ${seed}`, async () => {
    const random = randomOf(seed);
    const users = new Map();
    const store = storeOf(random, users);
    const told = new Map();
    const faults = [];
    const connected = new Set();
    /** Sockets that were let in, and those of them whose session was another one at some time since. */
    const all = new Set();
    const mayEnd = new Set();
    const namespace = new FakeNamespace();
    const authorizer = authorizerOf({
      store,
      passport: passportOf((req, key, done) => done(null, { key: (req.key = key) })),
      recheckEvery: 100,
      onSessionEnd(socket, reason) {
        // What is thrown here would be a warning.
        if (!connected.has(socket) || !mayEnd.has(socket)) faults.push(`${socket.sid}: ${reason}`);
        told.set(socket, [...(told.get(socket) ?? []), reason]);
        if (random.chance(30)) leave(socket);
      },
    });

    function come() {
      const sid = `sid ${random.below(IDS)}`;
      const socket = visitorOf(namespace, { name: sid });
      Object.assign(socket, { sid, connected: true });
      socket.request.headers.cookie = cookieOf(sid);
      authorizer(socket, (error) => {
        // A later middleware takes its time, or refuses.
        if (error || random.chance(10)) return;
        all.add(socket);
        compare();
        const go = () => {
          connected.add(socket);
          enter(socket);
        };
        if (random.chance(50)) go();
        else setImmediate(go);
      });
    }

    function compare() {
      for (const socket of all) if (users.get(socket.sid) !== socket.request.key) mayEnd.add(socket);
    }

    function leave(socket) {
      connected.delete(socket);
      all.delete(socket);
      disconnect(socket);
      socket.connected = false;
    }

    for (let step = 0; step < STEPS; step++) {
      const sid = `sid ${random.below(IDS)}`;
      const dice = random.below(100);
      if (dice < 50) come();
      else if (dice < 75) users.set(sid, random.below(3));
      else if (dice < 80) users.delete(sid);
      else if (connected.size > 0) leave(random.pick([...connected]));
      compare();
      if (random.chance(5)) await new Promise(setImmediate);
    }
    store.calmDown();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = store.asked;
    await until(() => store.asked > before + 2 * authorizer.stats().watch.sessions);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);

    assert.deepEqual(faults, []);
    for (const [socket, reasons] of told) assert.equal(reasons.length, 1, `${socket.sid}: ${reasons}`);
    const untold = [...connected].filter((socket) => !told.has(socket));
    for (const socket of untold) assert.equal(users.get(socket.sid), socket.request.key, socket.sid);
    assert.equal(authorizer.stats().watch.sockets, untold.length);
    assert.ok(told.size > 20 && untold.length > 20, `${told.size} told, ${untold.length} untold`);
    authorizer.close();
  });
}
