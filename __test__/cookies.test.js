'use strict';

// What is read of a request's cookies when: each thing once, and the session cookie without the others.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorize } = require('..');
const native = require('../lib/addon');
const { CookieReader } = require('../lib/sessions/cookies');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');
const { OLD_SECRET, good, randomHeader } = require('./support/random-header');
const { randomOf, SEED } = require('./support/random');
const { runScript } = require('./support/child');

const PREFIXES = { prefix: 'sess:', passportKey: 'passport' };
const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };

function authorizerOf(options) {
  return authorize({ secret: SECRET, store, passport: passportOf(), ...options });
}

/** Counts the calls that read cookies while a test runs. */
function countReads(t) {
  const counts = { all: 0, one: 0, queried: 0 };
  for (const [method, count] of [
    ['signedCookies', 'all'],
    ['signedCookie', 'one'],
    ['sessionId', 'queried'],
  ]) {
    const read = native.Verifier.prototype[method];
    native.Verifier.prototype[method] = function (...given) {
      counts[count] += 1;
      return read.apply(this, given);
    };
    t.after(() => (native.Verifier.prototype[method] = read));
  }
  return counts;
}

test('a connection of which nobody reads cookies costs no reading; sessionID costs no view of all', async (t) => {
  const counts = countReads(t);
  const { data } = await visit(authorizerOf(), cookieOf('ann'));
  assert.deepEqual([counts.all, counts.one], [0, 0]);
  assert.equal(data.sessionID, 'ann');
  assert.deepEqual([counts.all, counts.one], [0, 1]);
});

test('a request that comes again, to any authorizer of the same cookie, is read once', async (t) => {
  const counts = countReads(t);
  const authorizers = [
    authorizerOf(),
    authorizerOf({ userProperty: 'member' }),
    authorizerOf({ secret: [Buffer.from(SECRET)], prefix: 'other:' }),
  ];
  const request = { headers: { cookie: `a=1; ${cookieOf('ann')}` } };
  const views = new Set();
  for (let packet = 0; packet < 20; packet++) {
    for (const authorizer of authorizers) {
      const { data } = await visit(authorizer, request);
      assert.equal(data.sessionID, 'ann');
      assert.deepEqual({ ...data.cookie }, { 'connect.sid': 'ann' });
      views.add(data.cookie);
    }
  }
  assert.deepEqual([counts.all, counts.one], [1, 1]);
  assert.equal(views.size, 1);
});

test('a session id in the query is read once, and again when it or its meaning is another', async (t) => {
  // Looked up natively, so that the store path, which reads it for itself, does not count.
  const options = { redis: 'redis://127.0.0.1:1', store: undefined };
  const [either, signed] = [true, 'signed'].map((mode) =>
    authorizerOf({ ...options, sessionIdInQuery: mode }),
  );
  t.after(() => [either, signed].forEach((authorizer) => authorizer.close()));
  const counts = countReads(t);
  const request = { headers: {}, query: { session_id: 'bare' } };
  const read = async (authorizer) => (await visit(authorizer, request)).data.sessionID;
  for (let packet = 0; packet < 3; packet++) assert.equal(await read(either), 'bare');
  assert.equal(counts.queried, 1);
  assert.equal(await read(signed), '');
  assert.equal(await read(either), 'bare');
  request.query.session_id = decodeURIComponent(cookieOf('ann').split('=')[1]);
  assert.equal(await read(either), 'ann');
  assert.equal(await read(signed), 'ann');
  assert.deepEqual(counts, { all: 0, one: 0, queried: 5 });
});

test('a view that is empty, and a session id that is none, are read once too', async (t) => {
  const counts = countReads(t);
  const authorizer = authorizerOf();
  for (const header of ['', 'a=1', 'connect.sid=s%3Aforged']) {
    const request = { headers: { cookie: header } };
    for (let packet = 0; packet < 3; packet++) {
      const { data } = await visit(authorizer, request);
      assert.equal(data.sessionID, '');
      assert.ok(!data.cookie['connect.sid']);
    }
  }
  assert.deepEqual([counts.all, counts.one], [3, 3]);
});

test('another header, another request, another cookie or secret: read anew', async (t) => {
  const counts = countReads(t);
  const read = async (authorizer, request) => (await visit(authorizer, request)).data.sessionID;
  const request = { headers: { cookie: cookieOf('ann') } };
  const secret = ['new'];
  const rotating = authorizerOf({ secret });
  assert.equal(await read(authorizerOf(), request), 'ann');
  assert.equal(await read(rotating, request), '');
  secret.push(SECRET);
  assert.equal(await read(rotating, request), 'ann');
  assert.equal(await read(authorizerOf({ key: 'sid' }), request), '');
  assert.equal(counts.one, 4);
  request.headers.cookie = cookieOf('bob');
  assert.equal(await read(authorizerOf(), request), 'bob');
  assert.equal(await read(authorizerOf(), { headers: { cookie: cookieOf('bob') } }), 'bob');
  assert.equal(counts.one, 6);
});

test('a Cookie header that is no text is none', async () => {
  const nobody = { get: (sid, done) => done(null, undefined) };
  for (const cookie of [undefined, null, 7, ['connect.sid=s:x'], {}]) {
    const { error, data } = await visit(authorizerOf({ store: nobody }), { headers: { cookie } });
    assert.equal(error.code, 'NO_COOKIE');
    assert.equal(data.sessionID, '');
    assert.deepEqual(Object.keys(data.cookie), []);
  }
});

test('a property that the app has set keeps what the app has set, until the request comes again', async () => {
  const authorizer = authorizerOf();
  const { data } = await visit(authorizer, cookieOf('ann'));
  data.cookie = { 'connect.sid': 'mine' };
  assert.equal(data.sessionID, 'ann');
  await visit(authorizer, data);
  assert.deepEqual({ ...data.cookie }, { 'connect.sid': 'ann' });
});

test('readers are shared by equal settings and no others', () => {
  const reader = (key, secrets, more) => CookieReader.of({ key, secrets, ...PREFIXES, ...more });
  const usual = reader('sid', ['ab', 'c']);
  assert.equal(reader('sid', ['ab', Buffer.from('c')], { prefix: 'x', passportKey: 'y' }), usual);
  for (const [key, secrets] of [
    ['sid', ['a', 'bc']],
    ['sid', ['abc']],
    ['sid', ['c', 'ab']],
    ['sid', ['ab', 'c', 'c']],
    ['sidab', ['c']],
    ['sid2:ab', ['c']],
    ['sid', []],
  ]) {
    assert.notEqual(reader(key, secrets), usual, `${key} ${secrets}`);
  }
});

test('a reader that nobody has is collected, and made anew when it is wanted', async () => {
  const script = `
    const { CookieReader } = require('./lib/sessions/cookies');
    const settings = { key: 'sid', secrets: ['x'], prefix: '', passportKey: 'passport' };
    const gone = () => Array.from({ length: 50 }, (_, i) => new WeakRef(CookieReader.of({ ...settings, key: 'k' + i })));
    const refs = gone();
    const kept = CookieReader.of(settings);
    const wait = () => new Promise((resolve) => setTimeout(resolve, 10));
    (async () => {
      for (let i = 0; i < 50 && refs.some((ref) => ref.deref()); i++) { await wait(); gc(); }
      await wait();
      console.log(refs.filter((ref) => ref.deref()).length, CookieReader.of(settings) === kept);
      console.log(CookieReader.of({ ...settings, key: 'k1' }).signedCookie('k1=s:x'));
      // Another takes its place when it is gone and nobody has been told yet.
      const short = (() => new WeakRef(CookieReader.of({ ...settings, key: 'short' })))();
      await wait();
      gc();
      const next = CookieReader.of({ ...settings, key: 'short' });
      for (let i = 0; i < 5; i++) { await wait(); gc(); }
      console.log(short.deref() === undefined, CookieReader.of({ ...settings, key: 'short' }) === next);
    })();`;
  const { out, err } = await runScript(script, { args: ['--expose-gc'] });
  assert.equal(`${out}${err}`, '0 true\nfalse\ntrue true');
});

test('the session cookie alone is what it is among all', () => {
  const random = randomOf(SEED + 7);
  const names = ['connect.sid', '__proto__', 'constructor', 'toString', '', '10', 'é', 'a', '"connect.sid"'];
  const found = { text: 0, object: 0, none: 0 };
  for (const secrets of [[SECRET], [SECRET, OLD_SECRET], []]) {
    const readers = names.map((key) => [key, CookieReader.of({ key, secrets, ...PREFIXES })]);
    for (let i = 0; i < 4_000; i++) {
      let header = randomHeader(random);
      if (random.chance(30)) {
        const value = random.pick([good('alice'), `"${good('bob')}"`, good('j:{"a":[1]}'), 's%3Ax', 'plain']);
        header += `${random.pick([';', '; '])}${random.pick(names)}=${value}`;
      }
      for (const [key, reader] of readers) {
        const expected = reader.signedCookies(header)[key] || '';
        const seen = reader.signedCookie(header) || '';
        assert.deepStrictEqual(seen, expected, `seed ${SEED}, ${JSON.stringify(header)}, ${key}`);
        found[typeof seen === 'object' ? 'object' : seen ? 'text' : 'none'] += 1;
      }
    }
  }
  assert.ok(Math.min(...Object.values(found)) > 100, JSON.stringify(found));
});

test('thousands of names, signed and not', () => {
  const reader = CookieReader.of({ key: 'connect.sid', secrets: [SECRET], ...PREFIXES });
  const names = Array.from({ length: 12_000 }, (_, i) => i.toString(36));
  const forged = names.map((name) => `${name}=s:`).join(';');
  assert.equal(Object.keys(reader.signedCookies(`${forged};${forged}`)).length, names.length);
  assert.equal(reader.signedCookie(`${forged}; ${cookieOf('ann')}`), 'ann');
  assert.deepEqual(Object.keys(reader.signedCookies(names.map((name) => `${name}=`).join(';'))), []);
});
