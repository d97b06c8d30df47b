'use strict';

// Loads the package as Jest does: its files run with a global object that is not Node's. This one has the language and the
// globals that lib may use, and nothing else. So it covers every Jest, with and without a DOM.

const fs = require('node:fs');
const { createRequire, isBuiltin } = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const ROOT = path.join(__dirname, '..', '..');
/**
 * Jest passes the first two in, so that a Buffer is an instance of the Uint8Array of a test. The third one is for stores:
 * Jest loads them like this package.
 */
const SHARED = { ArrayBuffer, Uint8Array, JSON };

/** @returns {typeof import('../..')} the package, or another entry of it, loaded anew */
function loadWithBareGlobal(entry = 'index.js') {
  const context = vm.createContext({ Buffer, process, ...SHARED });
  const modules = new Map();

  function load(file) {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const created = { exports: {} };
    modules.set(file, created);
    const text = `(function (module, exports, require, __filename, __dirname) {${fs.readFileSync(file, 'utf8')}\n})`;
    const run = vm.runInContext(text, context, { filename: file });
    run(created, created.exports, requireFrom(file), file, path.dirname(file));
    return created.exports;
  }

  function requireFrom(file) {
    const real = createRequire(file);
    const required = (id) => {
      const found = isBuiltin(id) ? id : real.resolve(id);
      const isOurs = found.startsWith(ROOT) && !found.includes('node_modules') && found.endsWith('.js');
      return isOurs ? load(found) : real(id);
    };
    return Object.assign(required, { resolve: real.resolve, main: require.main });
  }

  return load(path.join(ROOT, entry));
}

module.exports = { loadWithBareGlobal };
