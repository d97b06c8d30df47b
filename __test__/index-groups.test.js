'use strict';

// Groups of the registry: an app may make an authorizer for each socket, and there are only so many groups.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runScript } = require('./support/child');

/** Prints a line of JSON; `collect()` resolves when finalizers of what is garbage have run. */
async function resultOf(script) {
  const { code, out, err } = await runScript(
    `
    const { Groups } = require('./lib/sockets/groups');
    async function collect() {
      for (let i = 0; i < 4; i++) { await new Promise(setImmediate); global.gc(); }
      await new Promise(setImmediate);
    }
    (async () => console.log(JSON.stringify(await (async () => {${script}})())))();
    `,
    { args: ['--expose-gc'] },
  );
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  return JSON.parse(out);
}

test('the group of a collected authorizer is given again, to one with the same columns', async () => {
  const result = await resultOf(`
    let made = 0;
    const groups = new Groups(() => made++);
    groups.take([0, 1], {});
    await collect();
    return [groups.take([2], {}), groups.take([0, 1], {}), groups.take([0, 1], {}), made];
  `);
  assert.deepEqual(result, [1, 0, 2, 3]);
});

test('not before its last socket has left, and not while its authorizer lives', async () => {
  const result = await resultOf(`
    let made = 0;
    const groups = new Groups(() => made++);
    const living = {};
    groups.take([0], living);
    groups.take([0], {});
    for (const group of [0, 1, 1]) groups.enter(group);
    await collect();
    const taken = [];
    const owners = [{}, {}, {}];
    groups.leave(0);
    groups.leave(1);
    taken.push(groups.take([0], owners[0]));
    groups.leave(1);
    taken.push(groups.take([0], owners[1]), groups.take([0], owners[2]));
    // Keeps them alive until here.
    return [taken, [living, ...owners].length];
  `);
  assert.deepEqual(result, [[2, 1, 3], 4]);
});

test('where there are no more groups, none is given; a free one still is', async () => {
  const result = await resultOf(`
    let made = 0;
    const groups = new Groups(() => made++);
    const owners = [];
    let group;
    let count = 0;
    for (; (group = groups.take([0], owners[count] = {})) !== undefined; count++);
    owners.length = 10;
    await collect();
    const again = groups.take([0], {});
    return { count, made, isAgain: again >= 10 && again < count, other: groups.take([1], {}) ?? 'none' };
  `);
  assert.ok(result.count > 1000 && result.count <= 65_536, `${result.count} groups`);
  assert.deepEqual(result, { count: result.count, made: result.count, isAgain: true, other: 'none' });
});
