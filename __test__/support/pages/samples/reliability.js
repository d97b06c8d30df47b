'use strict';

// docs/reliability.md

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../blocks');
const { SECRET, notedAuthorize, notedConsole, openSite } = require('../site');

module.exports = {
  probes: async (t, { code }) => {
    let isDown = false;
    const sessionStore = { get: (_sid, done) => (isDown ? done(new Error('no database')) : done()) };
    const site = await openSite(t, { withSessions: false });
    const authorizer = notedAuthorize(t).authorize({ secret: SECRET, store: sessionStore });
    const { console, lines } = notedConsole();
    site.run(code, { authorizer, console });
    const probe = async (route) => {
      const response = await fetch(site.url + route);
      return [response.status, await response.text()];
    };
    assert.deepEqual(await probe('/readyz'), [200, 'ready']);
    isDown = true;
    assert.deepEqual(await probe('/readyz'), [503, 'STORE_ERROR']);
    assert.deepEqual(await probe('/livez'), [200, 'alive']);
    assert.deepEqual(lines, [['Sessions cannot be looked up in the store: no database']]);
  },

  manifest: (_t, { code }) => {
    const page = fs.readFileSync(path.join(ROOT, 'docs/reliability.md'), 'utf8');
    const routes = [...code.matchAll(/path: (\/\w+)/g)].map(([, route]) => route);
    assert.deepEqual(routes, ['/livez', '/readyz']);
    for (const route of routes) assert.ok(page.includes(`app.get('${route}'`), route);
    const [, seconds] = /timeoutSeconds: (\d+)/.exec(code);
    // The default of the option timeout.
    assert.ok(Number(seconds) > 5);
    for (const line of code.split('\n')) assert.match(line, /^( {2})*\w+:( \{ \w+: [^{}]+ \}| \d+( #.*)?)?$/);
  },
};
