'use strict';

// Worker threads: they may die in the middle of anything, and the process and its other threads go on.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { names } = require('./support/redis-store');
const { assertPrints, runScript, PREAMBLE } = require('./support/child');
const { sharedRedis } = require('./support/shared');

let url;
sharedRedis(({ redis }) => (url = JSON.stringify(redis.url)), names('u', 200));

/** A worker that says `ready` once it has 200 look-ups in flight, and goes on with more. */
function busyWorker() {
  return JSON.stringify(`${PREAMBLE}
    const { parentPort } = require('node:worker_threads');
    const authorizer = authorize({ redis: ${url}, secret: SECRET, passport: passportOf() });
    const go = (i) => visit(authorizer, cookieOf('u' + i)).then(() => go(i));
    visit(authorizer, cookieOf('u1')).then(({ data }) => {
      for (let i = 0; i < 200; i++) go(i);
      parentPort.postMessage(data.user.id);
    });`);
}

/** A worker that authorizes once and ends by itself. */
function briefWorker() {
  return JSON.stringify(`${PREAMBLE}
    const { parentPort } = require('node:worker_threads');
    const authorizer = authorize({ redis: ${url}, secret: SECRET, passport: passportOf() });
    visit(authorizer, cookieOf('u2')).then(({ data }) => parentPort.postMessage(data.user.id));`);
}

test('workers that are terminated mid-request leave the main thread at work', async () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const authorizer = authorize({ redis: ${url}, secret: SECRET, passport: passportOf() });
    (async () => {
      let right = 0;
      for (let round = 0; round < 8; round++) {
        const workers = [0, 1].map(() => new Worker(${busyWorker()}, { eval: true }));
        await Promise.all(workers.map((worker) => once(worker, 'message')));
        const visits = Array.from({ length: 50 }, (_, i) => visit(authorizer, cookieOf('u' + i)));
        await Promise.all(workers.map((worker) => worker.terminate()));
        for (const { data } of await Promise.all(visits)) right += data.user.logged_in;
      }
      console.log(right);
    })();`;
  await assertPrints(script, String(8 * 50));
});

test('a process that has the package in workers only, one after another', async () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    (async () => {
      for (let round = 0; round < 10; round++) {
        const worker = new Worker(round % 2 ? ${busyWorker()} : ${briefWorker()}, { eval: true });
        const exit = once(worker, 'exit');
        const [user] = await once(worker, 'message');
        if (round % 2) worker.terminate();
        const [code] = await exit;
        if (code !== round % 2) throw new Error('the worker ended with ' + code);
        process.stdout.write(user);
      }
    })();`;
  await assertPrints(script, 'u2u1'.repeat(5), { preamble: '' });
});

test('a worker that ends while its look-ups are in flight, and process.exit() in a worker', async () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const exiting = ${busyWorker()} + "parentPort.once('message', () => process.exit(3)); parentPort.unref();";
    (async () => {
      for (let round = 0; round < 4; round++) {
        const worker = new Worker(exiting, { eval: true });
        await once(worker, 'message');
        worker.postMessage('go');
        console.log((await once(worker, 'exit'))[0]);
      }
    })();`;
  await assertPrints(script, '3\n3\n3\n3', { preamble: '' });
});

test('process.exit() of the main thread while workers are at work', async () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const workers = [0, 1, 2].map(() => new Worker(${busyWorker()}, { eval: true }));
    Promise.all(workers.map((worker) => once(worker, 'message'))).then(() => process.exit(5));`;
  for (let i = 0; i < 3; i++) {
    const { code, signal, err } = await runScript(script, { preamble: '' });
    assert.deepEqual({ code, signal, err }, { code: 5, signal: null, err: '' });
  }
});
