'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { ended } = require('./ends');
const { step } = require('./step');

/** What carol may do, and others may not. */
async function playAdmin(visitor) {
  const [carols, bobs] = await step('carol and bob log in', async () => [
    await visitor.logIn('carol'),
    await visitor.logIn('bob'),
  ]);
  const [carol, bob] = await step('carol, an admin, sees the sockets of all', async () => {
    const ofCarol = await visitor.enter(carols, 'carol');
    const ofBob = await visitor.enter(bobs, 'bob');
    const table = await tableWith(ofCarol, ofBob.id);
    const { name, transport, rooms } = table.find(({ id }) => id === ofBob.id);
    assert.deepEqual(
      { name, transport, rooms },
      { name: 'bob', transport: 'websocket', rooms: ['user:bob'] },
    );
    return [ofCarol, ofBob];
  });
  await step('she ends the socket of bob, who is told by whom', async () => {
    const end = ended(bob, 'by-admin', { by: 'carol' });
    carol.emit('end', { id: bob.id });
    await end;
  });
  await step('button “Ban a user”: bob may not ban anybody, and carol not herself', async () => {
    const results = [
      await visitor.press('ban', bobs, { name: 'alice' }),
      await visitor.press('ban', carols, { name: 'carol' }),
    ];
    assert.deepEqual(
      results.map(({ ok }) => ok),
      [false, false],
    );
  });
  await step(
    'button “Ban a user”: carol bans bob, whose sockets are ended, and who cannot log in again',
    async () => {
      const socket = await visitor.enter(bobs, 'bob');
      const end = ended(socket, 'destroyed');
      const result = await visitor.press('ban', carols, { name: 'bob' });
      assert.equal(result.ok, true, result.steps.join(' '));
      await end;
      const { response, body } = await visitor.tryLogIn('bob');
      assert.equal(response.status, 401);
      assert.match(body.message, /bob is banned/);
    },
  );
  await step('button “Pardon a user”: bob logs in again', async () => {
    const result = await visitor.press('pardon', carols, { name: 'bob' });
    assert.equal(result.ok, true, result.steps.join(' '));
    await visitor.enter(await visitor.logIn('bob'), 'bob');
  });
  visitor.leave();
}

async function tableWith(socket, id) {
  for (;;) {
    const [table] = await once(socket, 'admin');
    if (table.some((row) => row.id === id)) return table;
  }
}

module.exports = { playAdmin };
