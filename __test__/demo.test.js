'use strict';

// `npm run demo -- --once`, with sessions in a Redis of its own and without any Redis.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runScript } = require('./support/child');

const PREAMBLE = `require(${JSON.stringify(require.resolve('../examples/demo'))}).main(['--once']);`;
const LOG_OUT = /^ +log-out → sockets closed in [\d.]+ ms \((.+)\)$/m;

for (const [title, env, how] of [
  ['in Redis', {}, 'Redis tells of the end'],
  ['in memory', { REDIS_SERVER: '/nowhere' }, 'the store is asked every 200 ms'],
]) {
  test(`the demo with sessions ${title}: a log-out ends the sockets of all tabs`, async () => {
    const { code, out, err } = await runScript('', { env: { REDIS_URL: '', ...env }, preamble: PREAMBLE });
    assert.equal(code, 0, out + err);
    assert.equal(LOG_OUT.exec(out)?.[1], how, out);
    assert.match(out, /^All as expected\.$/m);
  });
}
