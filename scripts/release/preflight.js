'use strict';

// Checks what a commit needs before it can be published. The release workflow runs this first. By hand, with or without
// a tag: node scripts/release/preflight.js [v1.2.3]

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, main } = require('../support/prepare');
const { preflightFaults } = require('./gates/preflight');
const { versionFaults } = require('./gates/versions');

main(() => {
  const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');
  const faults = [
    ...versionFaults(ROOT),
    ...preflightFaults({
      manifest: JSON.parse(read('package.json')),
      changelog: read('CHANGELOG.md'),
      tag: process.argv[2],
      repository: process.env.GITHUB_REPOSITORY,
    }),
  ];
  if (faults.length > 0)
    throw new Error(`Not ready to be published (see RELEASING.md):\n${faults.join('\n')}`);
  console.log('Ready to be published');
});
