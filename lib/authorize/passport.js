'use strict';

const path = require('node:path');

/** With these options Node runs a text instead of a file: the first argument is then not the app's entry. */
const RUNS_A_TEXT = /^(-e|-p|-pe|--eval|--print)(=|$)/;

/**
 * The app's own copy of Passport, resolved from this package, then from the folder of the app's entry file. Never from the
 * working directory: starting an app in a folder does not allow the code in that folder to run.
 */
function findPassport() {
  const entry = entryFile();
  const paths = [__dirname, ...(entry === undefined ? [] : [path.dirname(entry)])];
  try {
    return require(require.resolve('passport', { paths }));
  } catch (cause) {
    throw new Error(
      "authorize() could not require('passport'): install it (npm install passport), or give yours as the option passport.",
      { cause },
    );
  }
}

/**
 * The file that Node was started with: `require.main` where it is a CommonJS module. Where the entry is an ES module,
 * `require.main` is undefined, and `process.argv` holds its absolute path.
 */
function entryFile() {
  if (require.main?.filename) return require.main.filename;
  const script = process.argv[1];
  const isText = process.execArgv.some((argument) => RUNS_A_TEXT.test(argument));
  if (isText || script === undefined || !path.isAbsolute(script)) return undefined;
  try {
    // Resolved as Node did: `node .` names a folder, and npm's programs are links into packages.
    return require.resolve(script);
  } catch {
    return undefined;
  }
}

module.exports = { findPassport };
