'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { answer } = require('../client');
const { step } = require('./step');

/** How the end of a session is noticed. */
const HOW = { tracking: 'Redis tells of the end', poll: 'the store is asked every 200 ms' };

/** Sessions that end, and their sockets with them. */
async function playEnds(visitor, { authorizer }) {
  const { cookie, tabs } = await step('alice logs in and opens two tabs', () => twoTabs(visitor));
  await step('alice logs out by HTTP, and the sockets of both tabs are ended', async (tell) => {
    const ends = tabs.map((socket) => ended(socket, 'destroyed'));
    const start = performance.now();
    const loggedOut = visitor.logOut(cookie);
    await Promise.all(ends);
    const ms = performance.now() - start;
    await loggedOut;
    tell(`log-out → sockets ended in ${ms.toFixed(1)} ms (${HOW[authorizer.stats().watch.tier]})`);
  });
  await step('her old cookie is refused: No session found, SESSION_NOT_FOUND', async () => {
    const refused = { message: 'No session found', code: 'SESSION_NOT_FOUND' };
    assert.deepEqual(await answer(visitor.connect(cookie)), refused);
  });
  const again = await step('alice logs in and opens two tabs again', () => twoTabs(visitor));
  await step('button “Switch my user”: the session is bob’s now, and the sockets of alice end', async () => {
    const ends = again.tabs.map((socket) => ended(socket, 'user-changed'));
    const result = await visitor.press('switch', again.cookie, { to: 'bob' });
    assert.equal(result.ok, true, result.steps.join(' '));
    await Promise.all(ends);
  });
  const bob = await step('she connects again, and is greeted as bob', () =>
    visitor.enter(again.cookie, 'bob'),
  );
  await step('button “Expire my session in 3 s”: three seconds later the socket is ended', async () => {
    const end = ended(bob, 'expired');
    const result = await visitor.press('expire', again.cookie);
    assert.equal(result.ok, true, result.steps.join(' '));
    await end;
  });
  await step('the panel shows the last ends, with their times', async (tell) => {
    const { ends } = await visitor.panelOnce((panel) => panel.ends[0]?.reason === 'expired');
    assert.deepEqual(
      ends.map(({ name, reason }) => `${name} ${reason}`),
      ['bob expired', 'alice user-changed', 'alice user-changed', 'alice destroyed', 'alice destroyed'],
    );
    for (const { name, reason, ms } of ends) tell(`${name}, ${reason}: ${ms.toFixed(1)} ms`);
  });
}

async function twoTabs(visitor) {
  const cookie = await visitor.logIn('alice');
  const tabs = await Promise.all([visitor.enter(cookie, 'alice'), visitor.enter(cookie, 'alice')]);
  return { cookie, tabs };
}

/** The server says why, and then closes the connection. */
async function ended(socket, expected, by) {
  const [[reason], [how]] = await Promise.all([once(socket, 'ended'), once(socket, 'disconnect')]);
  assert.deepEqual(reason, { reason: expected, ...by });
  assert.equal(how, 'io server disconnect');
}

module.exports = { playEnds, ended };
