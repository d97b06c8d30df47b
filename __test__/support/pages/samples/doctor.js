'use strict';

// docs/doctor.md

const assert = require('node:assert/strict');
const { HELP, settingsFrom } = require('../../../../lib/doctor/options');
const { examine } = require('../../../../lib/doctor/examine');
const { lineOf } = require('../../../../lib/doctor/report');
const { bin } = require('../../../../package.json');
const { startApp } = require('../../doctor/apps');

module.exports = {
  commands: (_t, { code }) => {
    for (const line of code.split('\n')) {
      const [npx, name, command, ...args] = line.split(' ');
      assert.deepEqual([npx, name in bin, command], ['npx', true, 'doctor']);
      settingsFrom(args, () => 'name=value');
    }
  },

  output: async (t, { code }) => {
    const guard = (io, authorizer) => {
      io.use(authorizer);
      io.of('/admin');
    };
    const { url } = await startApp(t, { guard });
    const args = [url, '--namespace', '/', '--namespace', '/admin'];
    const results = await examine(settingsFrom(args));
    const text = results.map((result) => lineOf(result, { hasColour: false })).join('\n');
    assert.ok(text.replaceAll(url, 'http://localhost:3000').startsWith(code), text);
  },

  help: (_t, { code }) => assert.equal(code, HELP.trimEnd()),
};
