'use strict';

// README.md

const assert = require('node:assert/strict');
const { installs } = require('../installs');
const { assertIsTheApp, assertLogOutEnds, serveApp, shownBy } = require('../whole-app');
const { blocksOf } = require('../blocks');

module.exports = {
  'install from a checkout': installs,

  'whole app': async (t, block) => {
    const url = await serveApp(t, block, 'server.js');
    await assertIsTheApp(t, url);
    await assertLogOutEnds(t, url);
  },

  'page of the whole app': async (t, { code }) => {
    const app = blocksOf('README.md').find(({ name }) => name === 'whole app');
    const url = await serveApp(t, app, 'server.js');
    const page = await fetch(url, { headers: { connection: 'close' } });
    assert.equal(await page.text(), code);
    const forms = [...code.matchAll(/<form action="(.+)" method="(.+)">/g)];
    assert.deepEqual(
      forms.map(([, action, method]) => `${method} ${action}`),
      ['post /login', 'post /logout'],
    );
    assert.deepEqual(
      [...code.matchAll(/name="(\w+)"/g)].map(([, name]) => name),
      ['username', 'password'],
    );
    const [, script] = /<script src="(.+)">/.exec(code);
    const client = await fetch(url + script, { headers: { connection: 'close' } });
    assert.match(await client.text(), /Socket\.IO/);

    assert.equal(await shownBy(t, url), 'Log in: NO_COOKIE. ');
    const { ann } = await assertIsTheApp(t, url);
    assert.equal(await shownBy(t, url, ann), 'Hello, ann. ');
  },
};
