'use strict';

// The dry run of a store's `get`: the published ones pass it, and nothing that does anything else.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const known = require('../lib/sessions/proven/known-gets.json');
const { isPublished } = require('../lib/sessions/proven/dry-run');
const { classesOf } = require('../scripts/support/connect-redis');

const MODULES = path.join(__dirname, '..', 'node_modules');
const TEN = known.find(({ versions }) => versions.includes('10.0.0'));

/** A store of this prototype, as its constructor leaves it. */
function storeWith(prototype) {
  return Object.assign(Object.create(prototype), { client: {}, prefix: 'sess:', serializer: JSON });
}

/** What connect-redis 10 does, but for a part. */
function variant(parts) {
  const of10 = {
    key: (store, sid) => store.prefix + sid,
    isMissing: (data) => !data,
    parse: (store, data) => store.serializer.parse(data),
    missing: (done) => done(null, null),
    found: (done, session) => done(null, session),
    failed: (done, error) => done(error, null),
    ...parts,
  };
  return storeWith({
    async get(sid, done) {
      try {
        const data = await this.client.get(of10.key(this, sid));
        if (of10.isMissing(data)) return of10.missing(done);
        return of10.found(done, await of10.parse(this, data));
      } catch (error) {
        return of10.failed(done, error);
      }
    },
  });
}

test('the published ones pass, each by its own row', async () => {
  for (const name of fs.readdirSync(MODULES).filter((each) => /^connect-redis(-|$)/.test(each))) {
    const folder = path.join(MODULES, name);
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const row = known.find(({ versions }) => versions.includes(version));
    if (!row.trusted) continue;
    for (const { prototype } of await classesOf(folder))
      assert.equal(await isPublished(storeWith(prototype), row), true, version);
  }
});

const VARIANTS = {
  'another key': { key: (_store, sid) => sid },
  'another key for some': { key: (store, sid) => store.prefix + sid.slice(1) },
  'a missing session without arguments': { missing: (done) => done() },
  'a missing session as undefined': { missing: (done) => done(null, undefined) },
  'an empty text as an error': { isMissing: (data) => data === null || data === undefined },
  'undefined as an error': { isMissing: (data) => data === null || data === '' },
  'one argument more': { found: (done, session) => done(null, session, 1) },
  'an argument more after an error': { failed: (done, error) => done(error, null, 1) },
  'an error alone': { failed: (done, error) => done(error) },
  'an error swallowed': { failed: (done) => done(null, null) },
  'another error': {
    failed: (done, error) => done(error instanceof SyntaxError ? error : new Error('other'), null),
  },
  'a text that is no JSON is missing': {
    failed: (done, error) => (error instanceof SyntaxError ? done(null, null) : done(error, null)),
  },
  'no words for what is no JSON': {
    failed: (done, error) => done(error instanceof SyntaxError ? new Error('text') : error, null),
  },
  'a look at the error': { failed: (done, error) => done(error.code === 'GONE' ? null : error, null) },
  'a look at the session': { found: (done, session) => done(null, session?.revoked ? null : session) },
  'a look for a member': {
    found: (done, session) => done(null, session && 'gone' in session ? null : session),
  },
  'a copy of the session': { found: (done, session) => done(null, session && { ...session }) },
  'a mark on the session': {
    found: (done, session) =>
      done(null, session && typeof session === 'object' ? Object.assign(session, { seen: 1 }) : session),
  },
  'JSON.parse whatever the serializer': { parse: (_store, data) => JSON.parse(data) },
  'a text that is no JSON as null': {
    parse(store, data) {
      try {
        return store.serializer.parse(data);
      } catch {
        return null;
      }
    },
  },
  'undefined for a session that is null': { found: (done, session) => done(null, session ?? undefined) },
  'a session for everybody where Redis has none': {
    isMissing: (data) => data === undefined || data === '',
    parse: (store, data) => (data === null ? { passport: {} } : store.serializer.parse(data)),
  },
  'nothing for falsy sessions': { found: (done, session) => done(null, session || null) },
  'no lists': { found: (done, session) => done(null, Array.isArray(session) ? null : session) },
  'called back twice': { found: (done, session) => (done(null, session), done(null, session)) },
  'never called back': { missing() {} },
  'called back later': { found: (done, session) => void setTimeout(done, 5, null, session) },
  'an error thrown': {
    missing() {
      throw new Error('thrown');
    },
    failed() {
      throw new Error('thrown too');
    },
  },
};

for (const [what, parts] of Object.entries(VARIANTS)) {
  test(what, async () => {
    assert.equal(await isPublished(variant({}), TEN), true);
    assert.notEqual(await isPublished(variant(parts), TEN).catch(() => false), true);
  });
}

test('asked twice, or not at all', async () => {
  const { get } = variant({});
  const twice = storeWith({
    get(sid, done) {
      this.client.get(this.prefix + sid);
      return get.call(this, sid, done);
    },
  });
  assert.equal(await isPublished(twice, TEN), false);
  const never = storeWith({ get: (_sid, done) => done(null, null) });
  assert.equal(await isPublished(never, TEN), false);
});
