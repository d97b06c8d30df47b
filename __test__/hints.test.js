'use strict';

// What a hint says of the cookies that came: under another name, twice, of another library. And who pays for it.

const assert = require('node:assert/strict');
const { inspect } = require('node:util');
const { test } = require('node:test');
const { sign } = require('cookie-signature');
const { outcomes } = require('../binding');
const { CookieHeader } = require('../lib/authorize/hints/cookie-header');
const { PAGE } = require('../lib/authorize/hints/page');
const { name, repository } = require('../package.json');
const { runScript } = require('./support/child');
const { fastifyCookie, hintOf, infoOf, koaCookies } = require('./support/hints');
const { anchorsOf } = require('./support/pages/links');
const { SECRET, cookieOf } = require('./support/visit');

const ID = 'a'.repeat(32);
const bare = (id, secret = SECRET) => `s:${sign(id, secret)}`;

test('no cookie at all: the settings of the cookie are what to look at', async () => {
  assert.match(await hintOf({}, ''), /^The handshake has no session cookie: check the option key/);
});

test('the cookie is signed by our secret, under another name: it is named', async () => {
  const cookie = `theme=dark; ${cookieOf('ann', { key: 'sid' })}`;
  assert.match(
    await hintOf({}, cookie),
    /"sid" is signed with the secret.*key is "connect\.sid": give key: "sid"/,
  );
  const two = `${cookie}; ${cookieOf('ann', { key: 'app' })}`;
  assert.match(await hintOf({}, two), /The cookies "sid", "app" are signed with the secret/);
  const forged = `connect.sid=${bare('ann', 'another')}; ${cookieOf('ann', { key: 'sid' })}`;
  assert.match(await hintOf({}, forged), /None of the secrets.*"sid" is signed with the secret/);
  assert.match(await hintOf({ secret: ['new', SECRET] }, cookie), /give key: "sid"/);
  assert.doesNotMatch(await hintOf({ secret: 'another' }, cookie), /signed with the secret/);
});

test('the cookie came twice, and the stale one first', async () => {
  for (const first of [bare('ann', 'old'), 'unsigned', bare('gone')]) {
    const cookie = `connect.sid=${encodeURIComponent(first)}; a=1; ${cookieOf('ann')}`;
    const hint = await hintOf({}, cookie);
    assert.match(
      hint,
      /"connect\.sid" came 2 times, and the first one counts.*longer path.*RFC 6265/s,
      first,
    );
  }
  const same = `${cookieOf('gone')}; ${cookieOf('gone')}`;
  assert.doesNotMatch(await hintOf({}, same), /times/);
  assert.doesNotMatch(await hintOf({}, `${cookieOf('gone')}; connect.sid=x`), /times/);
});

test('cookies came, but not ours: at most five names, quoted and cut', async () => {
  const hint = await hintOf({}, 'a=1; b=2; a=3; c=4; d=5; e=6; f=7; g=8');
  assert.match(hint, /none named "connect\.sid" \(option key\): "a", "b", "c", "d", "e" and 2 more\./);
  const long = await hintOf({}, `${'n'.repeat(500)}=1`);
  assert.match(long, /"n{40}…"/);
  assert.doesNotMatch(long, /n{41}/);
  assert.doesNotMatch(await hintOf({}, 'password=hunter2'), /hunter2/);
});

test('a name cannot forge a line of a log', async () => {
  const hint = await hintOf({}, 'a\u2028b\u0085\u001b[2J\u202e=1');
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  assert.doesNotMatch(hint, /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  assert.match(hint, /\\u2028/);
});

test('cookies of other libraries, under the name that the option key gives', async () => {
  const cases = [
    [koaCookies('koa.sess', '1b2c-uuid', 'k'), 'koa.sess', /koa, which keeps the signature.*cookieParser/],
    [
      koaCookies('koa.sess', Buffer.from('{"_expire":1}').toString('base64'), 'k'),
      'koa.sess',
      /koa-session without a store.*cannot be used/,
    ],
    [`sessionId=${fastifyCookie(ID, SECRET)}`, 'sessionId', /@fastify\/session.*cookiePrefix: 's:'/],
    ['session=AbC%2B%3BdEf%3D', 'session', /secure-session.*cannot be used/],
    ['sid=Fe26.2*1*abc', 'sid', /iron-session.*cannot be used/],
    ['token=eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln', 'token', /JSON Web Token/],
    ['token=eyJhbGciOiJkaXIifQ..aXY.dGV4dA.dGFn', 'token', /JSON Web Token, as of next-auth/],
    [`connect.sid=${encodeURIComponent(encodeURIComponent(bare('ann')))}`, 'connect.sid', /encoded twice/],
  ];
  for (const [cookie, key, pattern] of cases) {
    const { code, hint } = await infoOf({ key }, cookie);
    assert.equal(code, 'COOKIE_NOT_SIGNED', cookie);
    assert.match(hint, pattern, cookie);
  }
});

test('cookies of other libraries beside: the hint says how to make them readable', async () => {
  assert.match(
    await hintOf({}, koaCookies('koa.sess', '1b2c-uuid', 'k')),
    /"koa\.sess", "koa\.sess\.sig"\. .*koa/,
  );
  assert.match(
    await hintOf({}, `sessionId=${fastifyCookie(ID, SECRET)}`),
    /"sessionId"\. .*@fastify\/session/,
  );
});

test('a session_id of the query: bare, badly signed, encoded', async () => {
  const cases = [
    ['gone', /session_id.*is the id of no session/],
    [bare('ann', 'another'), /session_id.*is signed, with none of the secrets/],
    [encodeURIComponent(bare('ann')), /session_id.*percent-encoded/],
  ];
  for (const [value, pattern] of cases) {
    assert.match(
      await hintOf({}, { headers: { cookie: cookieOf('ann') }, _query: { session_id: value } }),
      pattern,
    );
  }
});

test('a page of another origin: a list has to name it, a function may have failed', async () => {
  const request = { headers: { origin: 'https://b.example', host: 'a.example' } };
  const list = await hintOf({ origin: ['https://a.example'] }, request);
  assert.match(list, /name its origin there.*"https:\/\/b\.example".*"a\.example"/);
  const asked = await hintOf({ origin: () => false }, request);
  assert.match(asked, /^The function that is the option origin does not allow.*"https:\/\/b\.example"/);
});

test('a custom cookie parser: nothing is said of cookies that it reads in its own way', async () => {
  const cookieParser = () => (req, res, next) =>
    next(undefined, (req.signedCookies = { 'connect.sid': 'gone' }));
  const cookie = `connect.sid=x; ${cookieOf('ann', { key: 'sid' })}; ${cookieOf('ann')}`;
  assert.doesNotMatch(await hintOf({ cookieParser }, cookie), /times|signed with the secret/);
});

test('a custom cookie parser that does not give the cookie which came', async () => {
  const cookieParser = () => (req, res, next) => next(undefined, (req.signedCookies = {}));
  const hint = await hintOf({ cookieParser }, 'connect.sid=1');
  assert.match(hint, /"connect\.sid" came.*cookieParser does not give it/);
  assert.match(await hintOf({ cookieParser }, 'another=1'), /handshake has no session cookie/);
});

test('a header of 50,000 cookies: few of them are read, and fewer signatures checked', async () => {
  const many = Array.from({ length: 50_000 }, (_, i) => `c${i}=s:a.b`).join('; ');
  let checks = 0;
  const reader = { sessionId: () => (checks += 1) };
  const header = new CookieHeader({
    data: { headers: { cookie: many } },
    authorizer: { verifier: { reader } },
  });
  assert.equal(header.all.length, 50);
  for (const { value } of header.all) header.isSigned(value);
  assert.equal(checks, 20);
  const long = new CookieHeader({
    data: { headers: { cookie: `a=${'x'.repeat(100_000)}` } },
    authorizer: { verifier: { reader } },
  });
  assert.ok(long.all[0].value.length <= 8192);
  assert.match(await hintOf({}, many), /Cookies came, but none named/);
});

test('objects that throw when they are looked at leave the hint of the code', async () => {
  const headers = {
    get cookie() {
      throw new Error('no');
    },
  };
  const request = { headers: {} };
  const info = await infoOf({}, request);
  Object.defineProperty(request, 'headers', { value: headers });
  assert.match(info.hint, /^The handshake has no session cookie/);
});

test('info is what it was: it can be taken apart, copied, serialized and printed', async () => {
  const info = await infoOf({}, 'a=1');
  const { code, hint, cause } = { ...info };
  assert.deepEqual([code, cause], ['NO_COOKIE', undefined]);
  assert.match(hint, /Cookies came/);
  assert.equal(info.hint, hint);
  assert.equal(JSON.parse(JSON.stringify(info)).hint, hint);
  assert.deepEqual(Object.keys(info), ['code', 'hint', 'cause']);
  assert.match(inspect(await infoOf({}, 'a=1')), /hint: .Cookies came/);
  const written = await infoOf({}, 'a=1');
  written.hint = 'my own';
  assert.equal(written.hint, 'my own');
  const frozen = Object.freeze(await infoOf({}, 'a=1'));
  assert.match(frozen.hint, /Cookies came/);
  assert.equal(frozen.hint, frozen.hint);
});

test('an app that keeps infos keeps no requests, once it has read the hints', async () => {
  const { out } = await runScript(
    `
      const store = { get: (sid, done) => done(null, null) };
      const kept = [];
      const fail = (data, message, critical, accept, info) => {
        if (data.isRead) info.hint;
        kept.push(info);
        accept(null, false);
      };
      const authorizer = authorize({ secret: SECRET, store, passport: passportOf(), fail });
      const come = async (isRead) => new WeakRef((await visit(authorizer, { headers: {}, isRead })).data);
      (async () => {
        const requests = [await come(true), await come(false)];
        await new Promise((resolve) => setTimeout(resolve));
        gc();
        console.log(kept.length, requests.map((each) => each.deref() !== undefined).join());
      })();
    `,
    { args: ['--expose-gc'], env: { NODE_ENV: 'production' } },
  );
  assert.equal(out, '2 false,true');
});

test('the hint is found out once, and only where it is read', async () => {
  let reads = 0;
  const headers = {};
  const request = { headers };
  const info = await infoOf({}, request);
  Object.defineProperty(headers, 'cookie', { get: () => (reads += 1) && 'a=1' });
  assert.equal(reads, 0);
  const { hint } = info;
  const after = reads;
  assert.ok(after > 0);
  assert.equal(info.hint, hint);
  assert.equal(reads, after);
});

test('every hint ends in its place of the page, which has one for each code', async () => {
  assert.match(await hintOf({}, ''), / See \S+docs\/troubleshooting\.md#no_cookie$/);
  assert.match(await hintOf({}, cookieOf('visitor')), /#passport_not_initialized$/);
  assert.ok(PAGE.startsWith(repository ? 'https://github.com/' : `node_modules/${name}/docs/`), PAGE);
  const anchors = anchorsOf('docs/troubleshooting.md');
  const missing = outcomes().filter(({ code }) => code !== 'FOUND' && !anchors.includes(code.toLowerCase()));
  assert.deepEqual(
    missing.map(({ code }) => code),
    [],
  );
  assert.ok(anchors.includes('cookies-of-koa-and-fastify'));
});
