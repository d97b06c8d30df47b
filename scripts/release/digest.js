'use strict';

// Prints the digest of the packed tarballs as a line for $GITHUB_OUTPUT. The job that packs has it as a job output, apart
// from the artifact: publish.js compares it with the tarballs that it has downloaded. Node builtins only.
//
//   node scripts/release/digest.js [--tarballs DIR]

const path = require('node:path');
const { parseArgs } = require('node:util');
const { main } = require('../support/prepare');
const { STAGED, digestOf } = require('./staged');

main(() => {
  const { values } = parseArgs({
    options: { tarballs: { type: 'string', default: path.join(STAGED, 'tarballs') } },
  });
  console.log(`digest=${digestOf(values.tarballs)}`);
});
