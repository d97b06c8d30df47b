'use strict';

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { binaryOf, packageFor } = require('../../lib/addon/installed');
const { here } = require('../../lib/addon/platform');

const ROOT = path.join(__dirname, '..', '..');
const { version: VERSION } = require('../../package.json');
const MACHINE = here();
const ENDS_WITHIN = 30_000;

/** Prints the error of loading the package, as JSON. */
const TELL = `
  try {
    require('passport-socketio-native');
    console.log('{}');
  } catch ({ message, code, cause }) {
    console.log(JSON.stringify({ message, code, cause: cause?.message, wraps: cause?.cause !== undefined }));
  }`;

/**
 * An app in a temporary folder, with the package installed as by npm: in node_modules, with the binary in a package beside it.
 * @param {{ platform?: string, binary?: Buffer | string, version?: string } | null} [carrier] - the package with the
 *   binary: its platform, its addon (bytes, or JavaScript instead), its version; null: it is not installed
 */
function appWith(t, carrier = {}) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'app-')));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const main = path.join(folder, 'node_modules', 'passport-socketio-native');
  for (const part of ['package.json', 'index.js', 'binding.js', 'lib']) {
    fs.cpSync(path.join(ROOT, part), path.join(main, part), { recursive: true });
  }
  return { folder, main, file: carrier && installCarrier(folder, carrier) };
}

function installCarrier(folder, { platform = MACHINE.name, binary = goodBinary(), version = VERSION }) {
  const carrier = path.join(folder, 'node_modules', packageFor(platform));
  const name = typeof binary === 'string' ? 'index.js' : `passport-socketio.${platform}.node`;
  const file = path.join(carrier, name);
  fs.mkdirSync(carrier, { recursive: true });
  fs.writeFileSync(file, binary);
  fs.writeFileSync(
    path.join(carrier, 'package.json'),
    JSON.stringify({ name: packageFor(platform), version, main: name }),
  );
  return file;
}

/** The addon that the tests run on. */
function goodBinary() {
  return fs.readFileSync(binaryOf(MACHINE.name).file);
}

/**
 * Runs a script in the app's folder.
 * @param {{ args?: string[], env?: object, program?: string, prefix?: string[] }} [options] - `prefix`: a command that runs Node
 * @returns {Promise<{ out: string, err: string, code: number | string }>}
 */
function runIn(folder, script, { args = [], env = {}, prefix = [], program = process.execPath } = {}) {
  const [command, ...rest] = [...prefix, program, ...args, '-e', script];
  const cleared = { NODE_OPTIONS: '', NODE_TEST_CONTEXT: '', npm_config_user_agent: '' };
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, ...cleared, ...env }, timeout: ENDS_WITHIN };
    execFile(command, rest, options, (error, out, err) => {
      resolve({ out: out.trim(), err: err.trim(), code: error ? (error.code ?? error.signal) : 0 });
    });
  });
}

/** The error that an app gets if it cannot load the package. */
async function toldIn(folder, { script = '', ...options } = {}) {
  const { out, err } = await runIn(folder, script + TELL, options);
  if (!out) throw new Error(`no answer:\n${err}`);
  return JSON.parse(out.split('\n').at(-1));
}

module.exports = { MACHINE, VERSION, appWith, goodBinary, runIn, toldIn };
