'use strict';

// A process or a worker thread of its own, over a Redis that has the sessions: it says `busy` once 1,000 look-ups are in
// flight and 1,000 sessions watched, and then does what it is told.

const { parentPort, workerData } = require('node:worker_threads');
const { Scene } = require('./scene');

const url = workerData ?? process.argv[2];
const send = (message) => (parentPort ? parentPort.postMessage(message) : process.send(message));
const scene = new Scene({ redis: url });

const TASKS = {
  /** In mid-request. */
  async exit() {
    await scene.load.submitted();
    process.exit(7);
  },
  /** How it fared. */
  async report() {
    await scene.load.waves(2);
    const { refused, wrong } = scene.load;
    send({ refused, wrong, ended: scene.crowd.ended });
  },
};

(parentPort ?? process).on('message', (task) => TASKS[task]());
process.on('disconnect', () => process.exit());

async function begin() {
  await scene.connect();
  scene.load.start();
  await scene.load.submitted();
  send('busy');
}

begin();
