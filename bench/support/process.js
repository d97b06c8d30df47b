'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');
const { inspect } = require('node:util');

/** A file of bench/ in a process of its own; one task at a time. */
class Process {
  #name;
  #child;

  /**
   * @param {string} name - in errors
   * @param {string} file - relative to bench/
   * @param {string[]} [args]
   * @param {string[]} [execArgv] - of Node
   */
  constructor(name, file, args = [], execArgv = []) {
    this.#name = name;
    this.#child = fork(path.join(__dirname, '..', file), args, {
      execArgv,
      // As apps are run where it matters.
      env: { ...process.env, NODE_ENV: 'production' },
    });
  }

  /** @returns {Promise<any>} */
  do(task, given) {
    return new Promise((resolve, reject) => {
      const child = this.#child;
      const onExit = () => reject(new Error(`${this.#name}: the process ended`));
      child.once('exit', onExit);
      child.once('message', ({ result, error }) => {
        child.off('exit', onExit);
        if (error === undefined) resolve(result);
        else reject(new Error(`${this.#name}: ${error}`));
      });
      child.send({ task, ...given });
    });
  }

  end() {
    this.#child.kill();
  }
}

/**
 * The other side: answers the tasks that the parent sends, until the parent is gone.
 * @param {{ [task: string]: (given: any) => unknown }} tasks
 */
function serve(tasks) {
  process.on('message', async ({ task, ...given }) => {
    try {
      process.send({ result: await tasks[task](given) });
    } catch (error) {
      process.send({ error: inspect(error) });
    }
  });
  process.on('disconnect', () => process.exit());
}

module.exports = { Process, serve };
