'use strict';

// docs/troubleshooting.md

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { io: connect } = require('socket.io-client');
const { authorize } = require('../../../..');
const { forged } = require('../../frameworks');
const { notedConsole, openSite, runWith } = require('../site');
const { startRedis } = require('../../../../scripts/support/redis-server');
const { openAdmin } = require('../../redis-store');
const { cookieOf } = require('../../visit');
const { blocksOf } = require('../blocks');
const { CONFIGS } = require('../configs');

module.exports = {
  'fail that logs': async (t, { code }) => {
    const { lines, refused } = await loggedBy(t, code);
    assert.equal(refused.data.code, 'NO_COOKIE');
    assert.equal(lines.length, 1);
  },

  'what the fail that logs prints': async (t, { code }) => {
    const sample = blocksOf('docs/troubleshooting.md').find(({ name }) => name === 'fail that logs');
    const { lines } = await loggedBy(t, sample.code);
    assert.equal(lines[0].join(' ').trim(), code);
  },

  explain: async (t, { code }) => {
    const site = await openSite(t);
    const authorizer = authorize({ secret: 'keyboard cat', store: site.sessionStore });
    site.run(code, { authorizer });
    const said = async (cookie) => {
      const response = await fetch(`${site.url}/explain`, { headers: { cookie, connection: 'close' } });
      return response.text();
    };
    assert.match(
      await said(site.ann),
      /^FOUND: The user was found\n.*✓ user {8}deserializeUser has found the user/s,
    );
    assert.match(
      await said(forged(site.ann)),
      /^BAD_SIGNATURE: .*✗ signature {3}The cookie is not signed by the secret/s,
    );
  },

  'what explain says': async (t, { code }) => {
    const redis = await startRedis();
    t.after(() => redis.stop());
    const admin = await openAdmin(redis);
    t.after(() => admin.destroy());
    await admin.set('sess:ann', JSON.stringify({ cookie: {}, passport: {}, cart: [] }));
    const authorizer = authorize({ secret: ['new', 'old'], redis: redis.url });
    t.after(() => authorizer.close());
    const cookie = `${cookieOf('ann', { secret: 'old' })}; theme=dark`;
    const said = String(await authorizer.explain({ headers: { cookie } }));
    assert.equal(said.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:6379'), code);
  },

  'warnings in a log': async (t, { code }) => {
    const { console, lines } = notedConsole();
    const before = process.listeners('warning');
    runWith(code, { console, process });
    const [added] = process.listeners('warning').filter((listener) => !before.includes(listener));
    t.after(() => process.off('warning', added));
    process.emitWarning('of another package');
    authorize({ store: { get() {} } }).close();
    // Other tests of this process may be warned too.
    while (!lines.some(([about]) => about === 'NO_SECRET')) await once(process, 'warning');
    assert.ok(lines.every(([about, text]) => /^[A-Z_]+$/.test(about) && text !== 'of another package'));
  },

  client: async (t, { code }) => {
    const site = await openSite(t);
    site.authorize();
    const pageAfter = async (cookie) => {
      const location = { href: '/chat' };
      const { socket } = await site.visit(cookie);
      runWith(code, { socket, location });
      const answer = new Promise((resolve) => socket.once('connect_error', resolve));
      socket.connect();
      await answer;
      return location.href;
    };
    for (const cookie of [undefined, site.stranger]) assert.equal(await pageAfter(cookie), '/login');
    assert.equal(await pageAfter(forged(site.ann)), '/chat');
  },

  'another origin': async (t, { code }) => {
    const site = await openSite(t, { withSocketIo: false });
    site.run(code);
    const answerTo = (origin) => {
      const socket = connectFrom(site.url, { cookie: site.ann, origin });
      t.after(() => socket.close());
      return new Promise((resolve) => {
        socket.once('connect', () => resolve('let in'));
        socket.once('connect_error', (error) => resolve(error.data?.code));
      });
    };
    assert.equal(await answerTo('https://evil.example'), 'ORIGIN_NOT_ALLOWED');
    assert.equal(await answerTo('https://app.example.com'), 'let in');
    const { headers } = await fetch(`${site.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { origin: 'https://app.example.com', connection: 'close' },
    });
    assert.equal(headers.get('access-control-allow-origin'), 'https://app.example.com');
    assert.equal(headers.get('access-control-allow-credentials'), 'true');
  },

  'trust proxy': async (t, { code }) => {
    const site = await openSite(t, { withSessions: false });
    site.run(code);
    site.app.get('/', (req, res) => {
      req.session.seen = true;
      res.end();
    });
    const cookieOver = async (protocol) => {
      const headers = { 'x-forwarded-proto': protocol, connection: 'close' };
      return (await fetch(site.url, { headers })).headers.getSetCookie()[0];
    };
    assert.match(await cookieOver('https'), /; Secure; SameSite=Lax$/);
    assert.doesNotMatch(await cookieOver('http'), /Secure/);
  },

  nginx: (t, { code }) => {
    CONFIGS.nginx({ code });
    // What the text around it promises.
    for (const header of ['Upgrade', 'Connection', 'Host', 'X-Forwarded-Proto']) {
      assert.match(code, new RegExp(`^  proxy_set_header ${header} \\S+;$`, 'm'));
    }
  },
};

/** What a sample prints when a visitor without a cookie comes. */
async function loggedBy(t, code) {
  const site = await openSite(t);
  const { console, lines } = notedConsole();
  site.run(code, { console });
  site.greet();
  assert.equal((await site.visit(site.ann)).welcome, 'ann');
  const { refused } = await site.visit();
  return { lines, refused };
}

/** A client as a page of an origin is one. */
function connectFrom(url, extraHeaders) {
  return connect(url, { transports: ['websocket'], extraHeaders, reconnection: false, forceNew: true });
}
