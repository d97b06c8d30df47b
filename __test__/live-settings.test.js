'use strict';

// Settings that an app changes while it runs count from the next connection on.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorizerOf } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { cookieOf, passportOf, visit } = require('./support/visit');

let redis;
let admin;

sharedRedis((started) => ({ redis, admin } = started));

async function userOf(authorizer) {
  const { error, data } = await visit(authorizer, cookieOf('ann'));
  return error?.code ?? data.user.id;
}

test("the name of Passport's member", async (t) => {
  await admin.set('sess:ann', '{"passport":{"user":"one"},"members":{"user":"two"}}');
  const passport = passportOf();
  const authorizer = authorizerOf(t, { redis: redis.url, passport });
  assert.equal(await userOf(authorizer), 'one');
  passport._key = 'members';
  assert.equal(await userOf(authorizer), 'two');
  passport._key = 'nobody';
  assert.equal(await userOf(authorizer), 'PASSPORT_NOT_INITIALIZED');
});

test("the store's prefix", async (t) => {
  await admin.set('first:ann', '{"passport":{"user":"first"}}');
  await admin.set('second:ann', '{"passport":{"user":"second"}}');
  const store = { prefix: 'first:', get: (sid, done) => done(null, undefined) };
  const authorizer = authorizerOf(t, { redis: redis.url, store });
  assert.equal(await userOf(authorizer), 'first');
  store.prefix = 'second:';
  assert.equal(await userOf(authorizer), 'second');
});

test("what the client puts before every key stands before the store's prefix, as text and as bytes", async (t) => {
  const bytes = Buffer.from([0x61, 0xff, 0x3a]);
  await admin.set(Buffer.concat([bytes, Buffer.from('pre:ann')]), '{"passport":{"user":"bytes"}}');
  await admin.set('app:pre:ann', '{"passport":{"user":"text"}}');
  for (const [keyPrefix, user] of [
    [bytes, 'bytes'],
    ['app:', 'text'],
    [Buffer.from('app:'), 'text'],
  ]) {
    const { host, port } = redis;
    const authorizer = authorizerOf(t, { redis: { host, port, keyPrefix }, prefix: 'pre:' });
    assert.equal(await userOf(authorizer), user);
  }
});
