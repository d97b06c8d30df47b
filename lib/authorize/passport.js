'use strict';

const path = require('node:path');

/** What makes Node run a text instead of a file: the first argument is then anything but the app's entry. */
const RUNS_A_TEXT = /^(-e|-p|-pe|--eval|--print)(=|$)/;

/**
 * The app's own copy of Passport: as seen from this package, then from the folder of the app's entry file. Not from the
 * working directory: whoever starts an app in a folder does not thereby say that the code in it may run.
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
 * The file that Node was started with. `require.main` is a CommonJS module; where the entry is an ES module it is
 * nobody, and Node has left the path of the entry, made absolute, in `process.argv`.
 */
function entryFile() {
  if (require.main?.filename) return require.main.filename;
  const script = process.argv[1];
  const isText = process.execArgv.some((argument) => RUNS_A_TEXT.test(argument));
  if (isText || script === undefined || !path.isAbsolute(script)) return undefined;
  try {
    // As Node itself has found it: `node .` names a folder, and npm's programs are links into packages.
    return require.resolve(script);
  } catch {
    return undefined;
  }
}

module.exports = { findPassport };
