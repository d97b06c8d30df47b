'use strict';

// `npm run test:sanitize` names tests that are there; what it runs takes ten minutes.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { NODE_TESTS } = require('../scripts/sanitize');

test('the tests that run under AddressSanitizer are there', () => {
  const missing = NODE_TESTS.filter((name) => !fs.existsSync(path.join(__dirname, `${name}.test.js`)));
  assert.deepEqual(missing, []);
});
