'use strict';

const { test } = require('node:test');
const { trial } = require('./trial');

/** The files of `faults/`, each with a test file of its own. */
const GROUPS = ['server', 'refusals', 'network', 'tls', 'sentinel', 'cluster', 'process'];

/** @returns {import('./trial').Fault[]} */
function faultsOf(group) {
  return require(`./faults/${group}`);
}

/** A test for each fault of a group. */
function testFaults(group) {
  for (const fault of faultsOf(group)) test(fault.title, () => trial(fault));
}

/** The name of the test that shows the faults of a group. */
function testOf(group) {
  return `faults-under-load-${group}.test.js`;
}

module.exports = { GROUPS, faultsOf, testFaults, testOf };
