'use strict';

// `npm run check:package`: checks the packages that this checkout would publish. It compiles nothing: the addons are stubs,
// and have checks of their own. `--update` accepts the current contents.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { main } = require('../support/prepare');
const { stage } = require('./stage');
const { verify } = require('./verify');

main(() => {
  const { values } = parseArgs({ options: { update: { type: 'boolean' } } });
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'packages-'));
  try {
    stage({ out, stubs: true });
    verify(out, values);
  } finally {
    fs.rmSync(out, { recursive: true, force: true });
  }
});
