'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { step } = require('./step');

const PROOF_TRIES = 20;

/** People log in, see each other, and talk. */
async function playStage(visitor, { sessions, authorizer }) {
  const cookie = await step('alice logs in by HTTP', () => visitor.logIn('alice'));
  const alice = await step('alice connects with her cookie and is greeted by name', () =>
    visitor.enter(cookie, 'alice'),
  );
  const bobsCookie = await step('bob logs in by HTTP', () => visitor.logIn('bob'));
  const bob = await step('bob connects; alice sees it', async () => {
    const seen = bothPresent(alice);
    const socket = await visitor.enter(bobsCookie, 'bob');
    await seen;
    return socket;
  });
  await step('alice says something to bob alone, by the room of bob', async () => {
    const heard = [alice, bob].map((socket) => once(socket, 'said'));
    alice.emit('say', { to: 'bob', text: 'hello' });
    for (const [said] of await Promise.all(heard)) {
      assert.deepEqual(said, { from: 'alice', to: 'bob', text: 'hello' });
    }
  });
  if (sessions.inRedis) {
    await step('bob connects again, until the addon itself has read the session of bob from Redis', () =>
      untilNative(authorizer, () => visitor.enter(bobsCookie, 'bob')),
    );
  }
  await step('the panel shows who is online, and what looks the sessions up', async (tell) => {
    const { online, backend } = await visitor.panelOnce((panel) => panel.outcomes.AUTHORIZED > 1);
    assert.deepEqual(
      online.map(({ name }) => name),
      ['alice', 'bob'],
    );
    assert.equal(backend.kind, sessions.inRedis ? 'redis' : 'store');
    assert.equal(backend.state, 'up');
    tell(`look-ups: ${backend.kind} (${backend.reason})`);
  });
  visitor.leave();
}

/** The store answers until the addon has proven to see the same; after that one answer has to be the addon's own. */
async function untilNative(authorizer, connectAgain) {
  for (let tries = 0; tries < PROOF_TRIES; tries++) {
    const native = authorizer.backend.kind === 'redis';
    await connectAgain();
    if (native) return;
  }
  assert.fail(`after ${PROOF_TRIES} connections: ${authorizer.backend.reason}`);
}

function bothPresent(socket) {
  return new Promise((resolve) => {
    socket.on('present', (list) => {
      const names = list.map(({ name }) => name);
      if (names.includes('alice') && names.includes('bob')) resolve();
    });
  });
}

module.exports = { playStage };
