'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');

/** Runs a task of `worker.js` in a process of its own. */
function inProcess(task, settings) {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(__dirname, 'worker.js'), [task, JSON.stringify(settings)], {
      execArgv: ['--expose-gc'],
    });
    child.once('message', ({ result, error }) => (error ? reject(new Error(error)) : resolve(result)));
    child.once('exit', () => reject(new Error(`${task}: the process ended`)));
  });
}

module.exports = { inProcess };
