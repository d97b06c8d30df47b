'use strict';

const assert = require('node:assert/strict');

/** A file of settings, or a part of one, is at least well formed. */
const CONFIGS = {
  json({ code }) {
    JSON.parse(/^\s*[[{]/.test(code) ? code : `{${code.replace(/,\s*$/, '')}}`);
  },

  dockerfile({ code }) {
    const lines = code.split('\n').filter((line) => line.trim() !== '');
    const stages = lines.flatMap((line) => /^FROM \S+ AS (\S+)$/.exec(line)?.[1] ?? []);
    assert.match(lines[0], /^FROM /);
    for (const line of lines) {
      assert.match(line, /^(FROM|WORKDIR|COPY|RUN|USER|CMD) \S/);
      const [, from] = /^COPY --from=(\S+)/.exec(line) ?? [];
      assert.ok(from === undefined || stages.includes(from), line);
      const [, command] = /^CMD (.*)$/.exec(line) ?? [];
      assert.ok(command === undefined || Array.isArray(JSON.parse(command)), line);
    }
    // Both stages have the same C library.
    const bases = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
    assert.equal(new Set(bases).size, 1);
  },

  nginx({ code }) {
    let depth = 0;
    for (const line of code.split('\n').map((each) => each.trim())) {
      if (line === '') continue;
      assert.match(line, /^\}$|^[a-z_]+ [^;{}]+(;| \{)$/);
      if (line.endsWith('{')) depth += 1;
      if (line === '}') depth -= 1;
      assert.ok(depth >= 0, line);
    }
    assert.equal(depth, 0);
  },
};

module.exports = { CONFIGS };
