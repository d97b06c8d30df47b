'use strict';

// The app's own process, its threads and its children.

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const cluster = require('node:cluster');
const { once } = require('node:events');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { until } = require('../../redis-cluster');
const { Single } = require('../places/single');

const CHILD = path.join(__dirname, '..', 'child.js');
const WELL = { refused: {}, wrong: [], ended: [] };

/** Others look up and watch the same sessions, and something becomes of them. */
function beside(fault) {
  return { place: () => Single.open(), ...fault };
}

async function busy(child) {
  const [message] = await once(child, 'message');
  assert.equal(message, 'busy');
  return child;
}

function forked(place) {
  return busy(fork(CHILD, [place.redis], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
}

async function reportOf(child) {
  child.send('report');
  const [report] = await once(child, 'message');
  return report;
}

/** Resolves when Redis has only our own two connections. */
function untilAlone(place) {
  return until(async () => {
    const clients = await place.do('CLIENT', 'LIST', 'TYPE', 'normal');
    return clients.match(/ addr=127/g).length === 2;
  });
}

function inCluster(place) {
  cluster.setupPrimary({ exec: CHILD, args: [place.redis], silent: false });
  return busy(cluster.fork());
}

/** @type {import('../trial').Fault[]} */
module.exports = [
  {
    title: 'the event loop is blocked for 5 s',
    what: 'Look-ups are answered in time, and delivered afterwards.',
    place: () => Single.open(),
    begin: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000),
  },
  beside({
    title: 'a worker thread is ended in mid-request',
    what: 'The main thread and its sockets go on.',
    async begin(place) {
      const worker = await busy(new Worker(CHILD, { workerData: place.redis }));
      await worker.terminate();
    },
    end: untilAlone,
  }),
  beside({
    title: '`process.exit()` in mid-request',
    what: 'The process ends at once, with that code; its connections end, and other processes go on.',
    async begin(place) {
      const child = await forked(place);
      child.send('exit');
      assert.deepEqual(await once(child, 'exit'), [7, null]);
    },
    end: untilAlone,
  }),
  beside({
    title: 'a process is killed in mid-request',
    what: 'Other processes go on.',
    async begin(place) {
      const child = await forked(place);
      child.kill('SIGKILL');
      assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    },
    end: untilAlone,
  }),
  beside({
    title: 'a process forks while it looks up (`child_process.fork`)',
    what: 'Parent and child have connections of their own, and both go on.',
    async begin(place) {
      const child = await forked(place);
      assert.deepEqual(await reportOf(child), WELL);
      child.disconnect();
      await once(child, 'exit');
    },
    end: untilAlone,
  }),
  beside({
    title: 'a worker of `node:cluster` is killed, and the primary looks up too',
    what: 'The primary and the other workers go on; so does the worker that takes its place.',
    async begin(place) {
      const [first, second] = [await inCluster(place), await inCluster(place)];
      first.process.kill('SIGKILL');
      await once(first, 'exit');
      const third = await inCluster(place);
      for (const worker of [second, third]) {
        assert.deepEqual(await reportOf(worker), WELL);
        worker.disconnect();
        await once(worker, 'exit');
      }
    },
    end: untilAlone,
  }),
];
