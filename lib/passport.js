'use strict';

const path = require('node:path');

/** The app's own copy of Passport: as seen from this package, from the app's main file, from its folder. */
function findPassport() {
  const main = require.main?.filename;
  const paths = [__dirname, ...(main ? [path.dirname(main)] : []), process.cwd()];
  try {
    return require(require.resolve('passport', { paths }));
  } catch (cause) {
    throw new Error(
      "authorize() could not require('passport'): install it (npm install passport), or give yours as the option passport.",
      { cause },
    );
  }
}

module.exports = { findPassport };
