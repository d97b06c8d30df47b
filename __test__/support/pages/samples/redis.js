'use strict';

// docs/redis.md

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { createClient } = require('redis');
const { makeCertificates } = require('../../certificates');
const { redisFor } = require('../../redis-store');
const { storeOf } = require('../../stores');
const { folderFor, outputOf, write } = require('../programs');
const { notedAuthorize, openSite, runWith } = require('../site');

const TRIES = 100;

module.exports = {
  'forms of the option redis': async (t, { code }) => {
    const files = makeCertificates();
    t.after(() => fs.rmSync(files.dir, { recursive: true, force: true }));
    const [ca, cert, key] = [files.ca, files.cert, files.key].map((file) => fs.readFileSync(file, 'utf8'));
    const { authorize, made } = notedAuthorize(t);
    const process = { env: { REDIS_PASSWORD: 'secret' } };
    runWith(code, { authorize, secret: 'keyboard cat', ca, cert, key, process });
    assert.deepEqual(
      made.map(({ backend }) => [backend.kind, backend.address]),
      [
        ['redis', 'redis://host:6379/0'],
        ['redis', 'redis://a:7000,b:7000'],
        ['redis', 'rediss+sentinel://sessions@a:26379,b:26379,c:26379/1'],
      ],
    );
  },

  'a program with the option redis': async (t, { code }) => {
    const redis = await redisFor(t);
    const folder = folderFor(t);
    write(folder, { 'program.js': code });
    const output = await outputOf(folder, 'program.js', { REDIS_URL: redis.url });
    assert.equal(output, /console\.log\(.*\); \/\/ (\S+)$/m.exec(code)[1]);
  },

  'the store of connect-redis': async (t, { code }) => {
    const { RedisStore } = require('connect-redis');
    const { site, client } = await openWithRedis(t, 10);
    const { authorize, made } = notedAuthorize(t);
    site.run(code, { RedisStore, authorize, client });
    const [authorizer] = made;
    assert.equal(authorizer.backend.kind, 'store');
    assert.match(authorizer.backend.reason, /^the proof .* is under way$/);
    await becomesNative(site, authorizer);
  },

  'a store that hides its client': async (t, { code }) => {
    const { RedisStore } = require('connect-redis-8');
    const { site, client } = await openWithRedis(t, 8);
    const { authorize, made } = notedAuthorize(t);
    site.run(code, { RedisStore, authorize, client });
    site.io.use(made[0]);
    await becomesNative(site, made[0]);
  },
};

/** A site whose sessions are in a Redis of its own. */
async function openWithRedis(t, version) {
  const redis = await redisFor(t);
  const client = createClient({ url: redis.url });
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.destroy());
  return { client, site: await openSite(t, { sessionStore: storeOf(version, { client }) }) };
}

/** Look-ups are native after some log-ins, and every one of them is let in. */
async function becomesNative(site, authorizer) {
  site.greet();
  for (let tries = 0; tries < TRIES && authorizer.backend.kind === 'store'; tries++) {
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
  }
  assert.equal(authorizer.backend.kind, 'redis', authorizer.backend.reason);
  assert.equal((await site.visit(site.ann)).welcome, 'ann');
}
