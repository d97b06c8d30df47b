'use strict';

// docs/options.md

const assert = require('node:assert/strict');
const { SECRET, notedAuthorize, notedConsole, openSite, requireWith } = require('../site');

module.exports = {
  authorize: async (t, { code }) => {
    const site = await openSite(t);
    const run = (env) => site.run(code, { process: { env } });
    assert.throws(() => run({}), /option secret is undefined/);
    run({ SESSION_SECRET: SECRET });
    site.greet();
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    const [id] = Object.keys(site.sessionStore.sessions);
    const byQuery = await site.visit(undefined, '/', { query: { session_id: id } });
    assert.equal(byQuery.refused?.data.code, 'NO_COOKIE');
    const foreign = await site.visit(undefined, '/', {
      extraHeaders: { cookie: site.ann, origin: 'https://evil.example' },
      transportOptions: {},
    });
    assert.equal(foreign.refused?.data.code, 'ORIGIN_NOT_ALLOWED');
  },

  'success and fail': async (t, { code }) => {
    const site = await openSite(t);
    const { console, lines } = notedConsole();
    site.run(code, { console });
    site.greet();
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    assert.equal((await site.visit(site.bob)).refused?.data.code, 'REFUSED');
    assert.deepEqual(lines, []);
    assert.equal((await site.visit()).refused?.data.code, 'NO_COOKIE');
    const [[failure, hint, cause]] = lines;
    assert.deepEqual([failure, typeof hint, cause], ['NO_COOKIE', 'string', undefined]);
  },

  members: async (t, { code }) => {
    const site = await openSite(t);
    const { authorize, made } = notedAuthorize(t);
    site.io.use(authorize({ secret: SECRET, store: site.sessionStore }));
    site.greet();
    await site.visit(site.ann);
    await site.visit();
    const { console, lines } = notedConsole();
    site.run(code, { authorizer: made[0], console, require: requireWith({}) });
    assert.deepEqual(lines, [['store', 1, 1, { NO_COOKIE: 1 }]]);
  },
};
