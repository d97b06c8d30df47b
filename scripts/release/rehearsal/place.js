'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const COMPILERS = ['cargo', 'rustc', 'gcc', 'cc', 'clang'];
const ENDS_WITHIN_MS = 180_000;

/**
 * A stand-in for a user's machine, made of a folder and an environment: empty caches, a home folder of its own, and a PATH
 * with node and a shell, but no compiler.
 */
class Place {
  /** @param {string} folder an empty one; the caller removes it */
  constructor(folder) {
    this.folder = folder;
    const home = this.make('home');
    const homes = { HOME: home, USERPROFILE: home, APPDATA: home, LOCALAPPDATA: home };
    this.env = { ...inherited(), ...homes, PATH: this.#path(), CI: 'true' };
    for (const name of COMPILERS) {
      const { error } = spawnSync(name, ['--version'], { env: this.env });
      if (error?.code !== 'ENOENT') throw new Error(`The rehearsal's PATH has ${name} on it`);
    }
  }

  /** @returns {string} a new folder */
  make(name) {
    const folder = path.join(this.folder, name);
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  }

  /**
   * Runs node to its end.
   * @param {string[]} args
   * @param {{ cwd: string, env?: object }} options `env` is added to the place's
   * @returns {Promise<{ out: string, seconds: number }>}
   * @throws {Error} with all its output, if it fails
   */
  node(args, { cwd, env = {} }) {
    const started = performance.now();
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ENDS_WITHIN_MS,
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        const seconds = (performance.now() - started) / 1000;
        if (code === 0) resolve({ out: output.stdout, seconds });
        else
          reject(
            new Error(`${args.join(' ')} ended with ${signal ?? code}\n${output.stdout}${output.stderr}`),
          );
      });
    });
  }

  #path() {
    if (process.platform === 'win32') {
      return [path.dirname(process.execPath), path.join(process.env.SystemRoot, 'System32')].join(';');
    }
    const programs = this.make('bin');
    fs.symlinkSync(process.execPath, path.join(programs, 'node'));
    fs.symlinkSync('/bin/sh', path.join(programs, 'sh'));
    return programs;
  }
}

/** Without the variables that npm sets for scripts, which npm would read as settings, and without those of Rust and Node. */
function inherited() {
  const ours = /^(npm_|pnpm_|yarn_|xdg_|cargo|rust|node_(?!extra_ca_certs))/i;
  const kept = Object.entries(process.env).filter(
    ([name]) => !ours.test(name) && name.toUpperCase() !== 'PATH',
  );
  return Object.fromEntries(kept);
}

module.exports = { Place };
