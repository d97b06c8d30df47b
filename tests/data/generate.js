'use strict';

// Writes the *.json beside it: what JavaScript says to inputs that tests/golden.rs then gives to the Rust core.
// `node tests/data/generate.js`, after a change of the vectors only: the same source writes the same bytes.

const fs = require('node:fs');
const path = require('node:path');

const vectors = {
  cookies: require('./vectors/cookies'),
  percent: require('./vectors/percent'),
  signatures: require('./vectors/signatures'),
  sessions: require('./vectors/sessions'),
  bytes: require('./vectors/bytes'),
};

for (const [name, rows] of Object.entries(vectors)) {
  const lines = rows().map((row) => JSON.stringify(row));
  fs.writeFileSync(path.join(__dirname, `${name}.json`), `[\n${lines.join(',\n')}\n]\n`);
}
