'use strict';

const { setImmediate: turn } = require('node:timers/promises');
const { nextMinute } = require('./clock');

/**
 * The warnings of this package that are given from now on, after a minute in which there was none.
 * @returns {Promise<Array<{ code: string, message: string }>>} filled as they come
 */
async function warningsFrom(t) {
  nextMinute();
  // Those of the test before come at the end of the turn.
  await turn();
  const warnings = [];
  const listen = (warning) => {
    if (warning.name === 'PassportSocketIoWarning') warnings.push(warning);
  };
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  return warnings;
}

/** The warnings that have been emitted are told at the end of the turn. */
async function codesOf(warnings) {
  await turn();
  return warnings.map(({ code }) => code);
}

module.exports = { codesOf, warningsFrom };
