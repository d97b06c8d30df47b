'use strict';

// What the index keeps in memory, and that each thread and each copy of the package has one of its own.

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { runScript, PREAMBLE } = require('./support/child');

const ROOT = path.join(__dirname, '..');
const SOCKETS = path.join(__dirname, 'support', 'index-sockets.js');

/** What every script has at hand. */
const WITH_SOCKETS = `${PREAMBLE}
  const native = require(${JSON.stringify(path.join(ROOT, 'binding.js'))});
  const { countSocketsByUser } = require(${JSON.stringify(ROOT)});
  const { FakeNamespace, admit, authorizerOf, connect, disconnect, enter, visitorOf } = require(${JSON.stringify(SOCKETS)});
`;

/** One process that prints one line of JSON. */
async function resultOf(script, args) {
  const { code, signal, out, err } = await runScript(script, { args, preamble: WITH_SOCKETS });
  assert.deepEqual({ code, signal, err }, { code: 0, signal: null, err: '' });
  return JSON.parse(out);
}

/** `inUse()`, in bytes, of JavaScript; it collects what nobody holds, over turns of the event loop. */
const MEASURE = `
  async function inUse() {
    for (let i = 0; i < 3; i++) { await new Promise(setImmediate); global.gc(); }
    return process.memoryUsage().heapUsed;
  }
`;

test('20,000 sockets come and go: nothing stays, not even of those that were listed', async () => {
  const result = await resultOf(
    `${MEASURE}
    const authorizer = authorizerOf({ index: ['id', 'name'] });
    const namespace = new FakeNamespace();
    const held = [];
    function round() {
      for (let i = 0; i < 20; i++) {
        const sockets = Array.from({ length: 1000 }, (_, k) => connect(authorizer, namespace, { id: k, name: 'user ' + i + '-' + k }));
        if (filterSocketsByUser(namespace, { id: 7 }).length !== 1) throw new Error('not found');
        if (filterSocketsByUser(sockets, { name: 'user ' + i + '-7' }).length !== 1) throw new Error('not found in the list');
        held.push(new WeakRef(sockets[i]));
        for (const socket of sockets) disconnect(socket);
      }
    }
    (async () => {
      round();
      const before = await inUse();
      round();
      const grown = (await inUse()) - before;
      const alive = held.filter((socket) => socket.deref()).length;
      console.log(JSON.stringify({ grown, alive, ids: authorizer.users('id').size, names: authorizer.users('name').size }));
    })();`,
    ['--expose-gc'],
  );
  const { grown, ...rest } = result;
  assert.deepEqual(rest, { alive: 0, ids: 0, names: 0 });
  // A socket with its request and user takes more than 500 bytes: 20,000 of them, 10 MB.
  assert.ok(grown < 2_000_000, `${grown} bytes`);
});

test('sockets whose listeners the app takes away are let go, though nobody asks for any', async () => {
  const { kept, alive } = await resultOf(
    `${MEASURE}
    const authorizer = authorizerOf({ index: ['id'] });
    const namespace = new FakeNamespace();
    const held = [];
    for (let i = 0; i < 5000; i++) {
      const socket = connect(authorizer, namespace, { id: i });
      socket.removeAllListeners();
      disconnect(socket);
      held.push(new WeakRef(socket));
    }
    (async () => {
      await inUse();
      const kept = held.filter((socket) => socket.deref()).length;
      authorizer.users('id');
      await inUse();
      console.log(JSON.stringify({ kept, alive: held.filter((socket) => socket.deref()).length }));
    })();`,
    ['--expose-gc'],
  );
  // One may be on the stack still.
  assert.ok(kept <= 1, `${kept} sockets`);
  assert.ok(alive <= 1, `${alive} sockets`);
});

test('sockets whose id another one took are let go, though nobody asks for any', async () => {
  const { kept } = await resultOf(
    `${MEASURE}
    const authorizer = authorizerOf({ index: ['id'] });
    const namespace = new FakeNamespace();
    const held = [];
    for (let i = 0; i < 5000; i++) {
      const socket = visitorOf(namespace, { id: i });
      socket.id = 'same';
      admit(authorizer, socket);
      enter(socket);
      held.push(new WeakRef(socket));
    }
    (async () => {
      await inUse();
      console.log(JSON.stringify({ kept: held.filter((socket) => socket.deref()).length }));
    })();`,
    ['--expose-gc'],
  );
  // The last one is there.
  assert.ok(kept <= 2, `${kept} sockets`);
});

test('namespaces and authorizers that are given up are collected', async () => {
  const { namespaces, authorizers } = await resultOf(
    `${MEASURE}
    const held = { namespaces: [], authorizers: [] };
    for (let i = 0; i < 100; i++) {
      const authorizer = authorizerOf({ index: ['id'] });
      const namespace = new FakeNamespace('/' + i);
      disconnect(connect(authorizer, namespace, { id: i }));
      if (filterSocketsByUser(namespace, { id: i }).length !== 0) throw new Error('still there');
      held.namespaces.push(new WeakRef(namespace));
      held.authorizers.push(new WeakRef(authorizer));
    }
    (async () => {
      await inUse();
      const count = (list) => list.filter((one) => one.deref()).length;
      console.log(JSON.stringify({ namespaces: count(held.namespaces), authorizers: count(held.authorizers) }));
    })();`,
    ['--expose-gc'],
  );
  // The last ones may still be on the stack, or in a register.
  assert.ok(namespaces <= 2, `${namespaces} namespaces`);
  assert.ok(authorizers <= 2, `${authorizers} authorizers`);
});

test('an index that takes nobody, as past 2^20 namespaces: users are looked at', async () => {
  const result = await resultOf(`
    const { SocketIndex } = native;
    let isFull = false;
    native.SocketIndex = class extends SocketIndex {
      enroller() {
        const enrol = super.enroller();
        return (...member) => (isFull ? 0xffffffff : enrol(...member));
      }
    };
    const authorizer = authorizerOf({ index: ['id'] });
    const namespace = new FakeNamespace();
    const sockets = [];
    for (let i = 0; i < 6; i++) {
      isFull = i >= 3;
      sockets.push(connect(authorizer, namespace, { id: i % 2 }));
    }
    const places = (target) => filterSocketsByUser(target, { id: 1 }).map((socket) => sockets.indexOf(socket));
    const first = [places(namespace), places(sockets), countSocketsByUser(namespace, { id: 1 })];
    for (const socket of [sockets[0], ...sockets.slice(3)]) disconnect(socket);
    const { filters } = authorizer.stats();
    const last = [places(namespace), countSocketsByUser(namespace, { id: 1 }), [...authorizer.users('id')]];
    console.log(JSON.stringify([first, filters, last, authorizer.stats().filters]));`);
  assert.deepEqual(result, [
    [[1, 3, 5], [1, 3, 5], 3],
    { indexed: 0, scanned: 3 },
    [
      [1],
      1,
      [
        [1, 1],
        [0, 1],
      ],
    ],
    { indexed: 2, scanned: 3 },
  ]);
});

test('an index that answers nothing any more: users are looked at', async () => {
  const result = await resultOf(`
    const { SocketIndex } = native;
    let isBroken = false;
    const unlessBroken = (ask) => (...question) => (isBroken ? -2 : ask(...question));
    native.SocketIndex = class extends SocketIndex {
      finder() { return unlessBroken(super.finder()); }
      counter() { return unlessBroken(super.counter()); }
      selector() { return unlessBroken(super.selector()); }
    };
    const authorizer = authorizerOf({ index: ['id'] });
    const namespace = new FakeNamespace();
    const sockets = Array.from({ length: 6 }, (_, i) => connect(authorizer, namespace, { id: i % 2 }));
    const places = (target) => filterSocketsByUser(target, { id: 1 }).map((socket) => sockets.indexOf(socket));
    const ask = () => [places(namespace), places(sockets), countSocketsByUser(namespace, { id: 1 }), authorizer.stats().filters];
    const first = ask();
    isBroken = true;
    console.log(JSON.stringify([first, ask()]));`);
  assert.deepEqual(result, [
    [[1, 3, 5], [1, 3, 5], 3, { indexed: 3, scanned: 0 }],
    [[1, 3, 5], [1, 3, 5], 3, { indexed: 3, scanned: 3 }],
  ]);
});

test('a namespace that all have left gives its number to the next', async () => {
  const numbers = await resultOf(`
    const { SocketIndex } = native;
    const numbers = new Set();
    native.SocketIndex = class extends SocketIndex {
      enroller() {
        const enrol = super.enroller();
        return (group, namespace, ...values) => (numbers.add(namespace), enrol(group, namespace, ...values));
      }
    };
    const authorizer = authorizerOf({ index: ['id'] });
    for (let i = 0; i < 100; i++) {
      const sockets = ['/a', '/b'].map((name) => connect(authorizer, new FakeNamespace(name), { id: i }));
      for (const socket of sockets) disconnect(socket);
    }
    console.log(JSON.stringify([...numbers]));`);
  assert.deepEqual(numbers, [0, 1]);
});

test('a worker has an index of its own, and may be ended at any time', async () => {
  const worker = `${WITH_SOCKETS}
    const { parentPort } = require('node:worker_threads');
    const authorizer = authorizerOf({ index: ['id', 'where'] });
    const namespace = new FakeNamespace();
    for (let i = 0; i < 1000; i++) connect(authorizer, namespace, { id: i % 10, where: 'worker' });
    parentPort.postMessage([countSocketsByUser(namespace, { id: 1 }), authorizer.users('where')]);
    (function ask() {
      if (filterSocketsByUser(namespace, { id: [1, 2], where: 'worker' }).length !== 200) throw new Error('wrong');
      setImmediate(ask);
    })();`;
  const result = await resultOf(`
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const authorizer = authorizerOf({ index: ['id'] });
    const namespace = new FakeNamespace();
    for (let i = 0; i < 30; i++) connect(authorizer, namespace, { id: i % 10 });
    (async () => {
      const told = [];
      for (let round = 0; round < 3; round++) {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
        const [[count, users]] = await once(worker, 'message');
        told.push([count, ...users.entries().next().value, countSocketsByUser(namespace, { id: 1 })]);
        await worker.terminate();
        told.at(-1).push(filterSocketsByUser(namespace, { id: [1, 2] }).length, authorizer.users('id').size);
      }
      console.log(JSON.stringify(told));
    })();`);
  assert.deepEqual(result, Array(3).fill([100, 'worker', 1000, 3, 6, 10]));
});

test('two copies of the package in one process, over the same namespace', async () => {
  const result = await resultOf(`
    const ours = { authorizerOf, connect, filterSocketsByUser, countSocketsByUser };
    for (const file of Object.keys(require.cache)) {
      if (file.startsWith(${JSON.stringify(ROOT)}) && !file.includes('node_modules')) delete require.cache[file];
    }
    const other = { ...require(${JSON.stringify(ROOT)}), ...require(${JSON.stringify(SOCKETS)}) };
    if (other.filterSocketsByUser === ours.filterSocketsByUser) throw new Error('the same copy');
    const namespace = new FakeNamespace();
    const [one, two] = [ours, other].map((copy) => copy.authorizerOf({ index: ['id', 'copy'] }));
    const sockets = [];
    for (let i = 0; i < 20; i++) {
      const [copy, authorizer] = i % 2 ? [other, two] : [ours, one];
      sockets.push(copy.connect(authorizer, namespace, { id: i % 5, copy: i % 2 }));
    }
    const ask = () =>
      [ours, other].map(({ filterSocketsByUser: filter, countSocketsByUser: count }) => [
        filter(namespace, { id: 3 }).map((socket) => sockets.indexOf(socket)).join(),
        filter(sockets, { id: 3, copy: 1 }).map((socket) => sockets.indexOf(socket)).join(),
        count(namespace, { copy: [0, 1] }),
      ]);
    const first = [ask(), [...one.users('copy')], [...two.users('copy')]];
    for (const socket of sockets.slice(0, 10)) disconnect(socket);
    console.log(JSON.stringify([first, ask(), [...one.users('copy')], [...two.users('copy')]]));`);
  const before = ['3,8,13,18', '3,13', 20];
  const after = ['13,18', '3,13', 10];
  assert.deepEqual(result, [[[before, before], [[0, 10]], [[1, 10]]], [after, after], [[0, 5]], [[1, 5]]]);
});
