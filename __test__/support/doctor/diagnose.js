'use strict';

const assert = require('node:assert/strict');
const { examine } = require('../../../lib/doctor/examine');
const { settingsFrom } = require('../../../lib/doctor/options');

/** The results of the doctor with these arguments. */
function diagnose(...args) {
  return examine(settingsFrom(args));
}

/** One result has this id and status, and says this. */
function assertFinds(results, id, status, what) {
  const found = results.filter((each) => each.id === id && each.status === status && what.test(each.what));
  assert.equal(found.length, 1, `${id} ${status} ${what} in ${JSON.stringify(results, null, 1)}`);
  assert.ok(status === 'ok' || status === 'not-run' || found[0].advice, 'it says what to do');
  return found[0];
}

/** Nothing is wrong, and these checks alone could not run. */
function assertHealthy(results, notRun = []) {
  const wrong = results.filter(({ status }) => status === 'warning' || status === 'problem');
  assert.deepEqual(wrong, []);
  const left = results.filter(({ status }) => status === 'not-run').map(({ id }) => id);
  assert.deepEqual([...new Set(left)].sort(), [...notRun].sort());
}

module.exports = { assertFinds, assertHealthy, diagnose };
