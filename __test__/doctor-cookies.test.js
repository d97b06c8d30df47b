'use strict';

// Which cookies reach a socket, and what the doctor says of those that do not.

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { faultOf } = require('../lib/doctor/cookie-rules');
const { readSetCookie } = require('../lib/doctor/set-cookie');
const { startApp } = require('./support/doctor/apps');
const { assertFinds, diagnose } = require('./support/doctor/diagnose');

const WITHIN = { timeout: 60_000 };
const LOCAL = 'http://localhost:3000/';
const HTTP = 'http://chat.example.com/';
const HTTPS = 'https://chat.example.com/';
const SID = 'connect.sid=s%3Aid.signature';

/** What is wrong with a cookie at a URL: `secure problem`, or nothing. */
function faultIn(header, url, { origin, from = url, path = '/socket.io/' } = {}) {
  const cookie = readSetCookie(header, new URL(from));
  const app = { url: new URL(url), origin: origin && new URL(origin), target: { path } };
  const fault = faultOf(cookie, app);
  return fault && `${fault.id} ${fault.status}`;
}

for (const [header, url, options, fault] of [
  [`${SID}; Path=/; HttpOnly`, HTTP, {}, undefined],
  [`${SID}; Path=/; HttpOnly; Secure; SameSite=None; Partitioned`, HTTPS, {}, undefined],
  [`${SID}; Secure`, HTTP, {}, 'cookies/secure problem'],
  [`${SID}; secure=`, HTTP, {}, 'cookies/secure problem'],
  [`${SID}; Secure`, LOCAL, {}, 'cookies/secure warning'],
  [`${SID}; Secure`, 'http://127.0.0.1/', {}, 'cookies/secure warning'],
  [`${SID}; Secure`, HTTPS, {}, undefined],
  [`${SID}; SameSite=None`, HTTPS, {}, 'cookies/none-without-secure problem'],
  [`${SID}; SameSite=None`, LOCAL, {}, 'cookies/none-without-secure problem'],
  [`${SID}; Partitioned`, HTTPS, {}, 'cookies/partitioned-without-secure problem'],
  [`__Host-${SID}; Secure; Path=/; Domain=chat.example.com`, HTTPS, {}, 'cookies/prefix problem'],
  [`__Host-${SID}; Secure; Path=/`, HTTPS, {}, undefined],
  [`__Secure-${SID}`, HTTPS, {}, 'cookies/prefix problem'],
  [`${SID}; Domain=other.test`, HTTP, {}, 'cookies/domain problem'],
  [`${SID}; Domain=hat.example.com`, HTTP, {}, 'cookies/domain problem'],
  [`${SID}; Domain=.Example.com`, HTTP, {}, undefined],
  [SID, HTTPS, { from: 'https://www.example.com/' }, 'cookies/domain problem'],
  [`${SID}; Domain=example.com`, HTTPS, { from: 'https://www.example.com/' }, undefined],
  [`${SID}; Path=/app`, HTTP, {}, 'cookies/path problem'],
  [`${SID}; Path=/socket`, HTTP, {}, 'cookies/path problem'],
  [`${SID}; Path=/app`, HTTP, { path: '/app/socket.io/' }, undefined],
  [SID, HTTP, { from: `${HTTP}auth/login` }, 'cookies/path problem'],
  [SID, HTTP, { from: `${HTTP}login` }, undefined],
  [`sid=${'x'.repeat(4094)}`, HTTP, {}, 'cookies/size problem'],
  [`sid=${'x'.repeat(4093)}`, HTTP, {}, undefined],
  [`${SID}; SameSite=Lax`, HTTPS, { origin: 'https://page.test' }, 'cookies/same-site problem'],
  [SID, HTTPS, { origin: 'https://page.test' }, 'cookies/same-site problem'],
  [`${SID}; SameSite=Strict`, HTTPS, { origin: 'http://chat.example.com' }, 'cookies/same-site problem'],
  [`${SID}; SameSite=Strict`, HTTPS, { origin: 'https://www.example.com' }, undefined],
  [`${SID}; SameSite=Lax`, 'https://a.co.uk/', { origin: 'https://b.co.uk' }, 'cookies/same-site problem'],
  [
    `${SID}; SameSite=Lax`,
    'https://a.vercel.app',
    { origin: 'https://b.vercel.app' },
    'cookies/same-site problem',
  ],
  [`${SID}; SameSite=Lax`, LOCAL, { origin: 'http://localhost:5173' }, undefined],
  [`${SID}; SameSite=Lax`, 'http://10.0.0.1/', { origin: 'http://10.1.0.1' }, 'cookies/same-site problem'],
  [`${SID}; Secure; SameSite=None`, HTTPS, { origin: 'https://page.test' }, 'cookies/third-party warning'],
  [`${SID}; Secure; SameSite=None; Partitioned`, HTTPS, { origin: 'https://page.test' }, undefined],
]) {
  const title = `${header.slice(0, 90)} at ${url} ${JSON.stringify(options)}`;
  test(title, () => assert.equal(faultIn(header, url, options), fault));
}

test('Set-Cookie is read as browsers read it', () => {
  const read = (header) => readSetCookie(header, new URL(HTTP));
  assert.equal(read('nothing'), undefined);
  assert.equal(read('=value; Path=/'), undefined);
  assert.equal(read('a=b; SameSite=None; SameSite=Lax').sameSite, 'lax');
  assert.equal(read('a=b; samesite = STRICT').sameSite, 'strict');
  assert.equal(read('a=b; SameSite=nonsense').sameSite, undefined);
  assert.equal(read('a=b; Path=app').path, '/');
  assert.equal(read('a=b=c').value, 'b=c');
  for (const over of ['Max-Age=0', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'])
    assert.equal(read(`a=; ${over}`).isDeletion, true);
  assert.equal(read('a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT').isDeletion, false);
});

describe('cookies of express-session', { concurrency: 2 }, () => {
  for (const [title, cookie, id, status] of [
    ['sameSite none without secure', { sameSite: 'none' }, 'none-without-secure', 'problem'],
    ['another domain', { domain: 'other.test' }, 'domain', 'problem'],
  ]) {
    test(title, WITHIN, async (t) => {
      const { url } = await startApp(t, { cookie });
      assertFinds(await diagnose(url), `cookies/${id}`, status, /the cookie connect\.sid/);
    });
  }

  test('secure, behind something that says https', WITHIN, async (t) => {
    const pages = (app) => {
      app.set('trust proxy', 1);
      app.use((request, _response, next) => {
        request.headers['x-forwarded-proto'] = 'https';
        next();
      });
    };
    const { url } = await startApp(t, { pages, cookie: { secure: true } });
    assertFinds(await diagnose(url), 'cookies/secure', 'warning', /Safari/);
  });

  test('secure on http, where none is sent', WITHIN, async (t) => {
    const { url } = await startApp(t, { cookie: { secure: true } });
    const { advice } = assertFinds(await diagnose(url), 'cookies', 'not-run', /no page sets/);
    assert.match(advice, /secure/);
  });

  test('a path below that of the sockets, and a redirect to it', WITHIN, async (t) => {
    const pages = (app) => {
      app.get('/', (_request, response) => response.redirect('/app'));
    };
    const { url } = await startApp(t, { pages, cookie: { path: '/app' } });
    assertFinds(await diagnose(url), 'cookies/path', 'problem', /Path=\/app/);
  });

  test('cookies of balancers and of Engine.IO are not for users', WITHIN, async (t) => {
    const pages = (app) => {
      app.use((_request, response, next) => {
        response.append('set-cookie', 'AWSALB=x; Path=/app').append('set-cookie', 'sidebar=open; Path=/app');
        next();
      });
    };
    const { url } = await startApp(t, { pages, version: 2 });
    assertFinds(await diagnose(url), 'cookies', 'ok', /connect\.sid/);
  });
});
