'use strict';

// NODE_DEBUG=passport-socketio-native: one line for each decision, and nothing in it that a client could forge or that gives
// access.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runScript } = require('./support/child');

const ENV = { NODE_DEBUG: 'passport-socketio-native', NODE_ENV: 'production' };
const PREFIX = /^PASSPORT-SOCKETIO-NATIVE \d+: /;

const STAGE = `
  const sessions = {
    'ann-and-more': { passport: { user: 'ann' } },
    'bob-and-more': { passport: { user: 'bob' } },
  };
  const store = { get: (sid, done) => done(null, sessions[sid]) };
  const make = (more) => authorize({ secret: SECRET, store, passport: passportOf(), ...more });
  const come = (authorizer, headers, more) =>
    new Promise((resolve) => {
      const nsp = { name: '/chat' };
      const conn = { transport: { name: 'websocket' }, on() {} };
      authorizer({ request: { headers, ...more }, nsp, conn }, resolve);
    });
`;

/** The lines that a script causes. */
async function linesOf(script, env = ENV) {
  const { out, err, code } = await runScript(`${STAGE}(async () => {${script}})();`, { env });
  assert.deepEqual([out, code], ['', 0]);
  return err.split('\n').filter(Boolean);
}

test('a line for each decision: outcome, time, namespace, transport, cookies, session, backend', async () => {
  const lines = await linesOf(`
    const guests = make({ fail: (data, message, critical, accept) => accept(null, true) });
    await come(make(), { cookie: 'theme=dark; ' + cookieOf('ann-and-more') });
    await come(make(), {});
    await come(make(), { cookie: cookieOf('nobody-at-all') });
    await come(guests, { cookie: 'theme=dark' });
    await come(make({ success: (data, accept) => accept(null, false) }), { cookie: cookieOf('bob-and-more') });
    await handshake(make(), { method: 'GET', headers: {}, _query: { transport: 'polling' } });
  `);
  for (const line of lines) assert.match(line, PREFIX);
  assert.deepEqual(
    lines.map((line) => line.replace(PREFIX, '').replace(/\d+\.\d ms/, '1.0 ms')),
    [
      'AUTHORIZED let-in 1.0 ms namespace="/chat" transport="websocket" cookies="theme","connect.sid" session="ann-…" backend=store',
      'NO_COOKIE refused 1.0 ms namespace="/chat" transport="websocket" cookies=none session=none backend=store',
      'SESSION_NOT_FOUND refused 1.0 ms namespace="/chat" transport="websocket" cookies="connect.sid" session="nobo…" backend=store',
      'NO_COOKIE guest 1.0 ms namespace="/chat" transport="websocket" cookies="theme" session=none backend=store',
      'REFUSED refused 1.0 ms namespace="/chat" transport="websocket" cookies="connect.sid" session="bob-…" backend=store',
      'NO_COOKIE refused 1.0 ms namespace=none transport="polling" cookies=none session=none backend=store',
    ],
  );
});

test('no hint is made for a line, which shows none', async () => {
  const [, reads] = await linesOf(`
    let reads = 0;
    // A hint names the class of the store.
    const store = { get: (sid, done) => done(null, null), get constructor() { reads += 1; return Object; } };
    const authorizer = make({ store });
    const before = reads;
    await come(authorizer, { cookie: cookieOf('nobody-at-all') });
    console.error(reads - before);
  `);
  assert.equal(reads, '0');
});

test('nothing without the variable', async () => {
  const script = `
    await come(make(), { cookie: cookieOf('ann-and-more') });
    await come(make(), {});
  `;
  assert.deepEqual(await linesOf(script, { NODE_ENV: 'production' }), []);
  assert.deepEqual(await linesOf(script, { NODE_ENV: 'production', NODE_DEBUG: 'http2' }), []);
});

test('a client cannot forge a line, and not fill the log', async () => {
  const lines = await linesOf(`
    const evil = 'x\\r\\nPASSPORT-SOCKETIO-NATIVE 1: AUTHORIZED \\u001b[2J\\u2028\\u202e\\u009b"';
    await come(make(), { cookie: evil + '=1; ' + Array.from({ length: 5000 }, (_, i) => 'c' + i + '=1').join(';') });
    await come(make(), {}, { _query: { session_id: evil } });
    await handshake(make(), { method: 'GET', headers: {}, _query: { transport: evil } });
    const nsp = { name: '/' + evil };
    await new Promise((resolve) => make()({ request: { headers: {} }, nsp, conn: { transport: { name: evil }, on() {} } }, resolve));
    const get = (sid, done) => done(new Error('no ' + sid + ' ' + evil.repeat(100)));
    await come(make({ store: { get } }), { cookie: cookieOf('ann-and-more') });
  `);
  const own = lines.filter((line) => !line.startsWith('(node:') && !line.startsWith('(Use'));
  // Five decisions, and a store that is down.
  assert.equal(own.length, 6);
  for (const line of own) {
    assert.match(line, PREFIX);
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    assert.ok(line.length < 1000, String(line.length));
  }
  assert.ok(own[0].includes('"c8",… '), own[0]);
});

test('neither secrets, nor cookies, nor session ids: not in the log, and not in the warnings beside it', async () => {
  const lines = await linesOf(`
    const get = (sid, done) => done(new Error('ENOENT: /sessions/' + sid + '.json'));
    await come(make({ store: { get } }), { cookie: 'token=hidden-token; ' + cookieOf('ann-and-more') });
    await come(make(), {}, { _query: { session_id: 'bob-and-more' } });
    await come(make(), { cookie: 'hidden-token; theme=dark; hidden' });
    await come(make(), { cookie: cookieOf('bob-and-more', { secret: 'hidden-secret' }) });
    const passport = passportOf((key, done) => done(new Error('no ann-and-more')));
    await come(make({ passport }), { cookie: cookieOf('ann-and-more') });
  `);
  const all = lines.join('\n');
  assert.match(all, /cookies=\?,"theme",\? /);
  assert.match(all, /cause="ENOENT: \/sessions\/ann-….json"/);
  for (const secret of ['keyboard cat', 'hidden', 'and-more', 's%3A']) {
    assert.ok(!all.includes(secret), `${secret}\n${all}`);
  }
});

test('what a callback of the app failed with: its stack, of which no line looks like one of the log', async () => {
  const lines = await linesOf(`
    const fail = () => { throw new TypeError('no\\nPASSPORT-SOCKETIO-NATIVE 1: forged'); };
    const success = () => { throw new Error('no table'); };
    await come(make({ fail }), {});
    await come(make({ success }), { cookie: cookieOf('ann-and-more') });
  `);
  const at = (start) => lines.findIndex((line) => line.replace(PREFIX, '').startsWith(start));
  assert.ok(at('FAIL_CALLBACK_ERROR TypeError: no') >= 0, lines.join('\n'));
  assert.ok(at('CALLBACK_ERROR Error: no table') >= 0);
  assert.match(lines[at('CALLBACK_ERROR Error: no table') + 1], /^ {2}\| {5}at .*success \(\[eval\]/);
  assert.ok(lines.includes('  | PASSPORT-SOCKETIO-NATIVE 1: forged'));
});

test('an object of the app that throws when it is read is no reason to keep a client waiting', async () => {
  const lines = await linesOf(`
    const throwing = { get() { throw new Error('no'); } };
    const conn = Object.defineProperty({ on() {} }, 'transport', throwing);
    const request = { headers: { cookie: cookieOf('ann-and-more') } };
    await new Promise((resolve) => make()({ request: { headers: {} }, nsp: {}, conn }, resolve));
    const success = (data, accept) => {
      Object.defineProperty(data, 'headers', throwing);
      accept();
    };
    await new Promise((resolve) => make({ success, sessionIdInQuery: false, origin: false })({ request, nsp: {}, conn }, resolve));
  `);
  assert.deepEqual(
    lines.map((line) => line.replace(/^.*\d: /, '').replace(/\d+\.\d ms/, '1.0 ms')),
    [
      'NO_COOKIE refused 1.0 ms namespace=none transport=none cookies=none session=none backend=store',
      'AUTHORIZED let-in 1.0 ms namespace=none transport=none cookies=none session=none backend=store',
    ],
  );
});

test('the ends of sessions, and the connection to Redis', async () => {
  const lines = await linesOf(`
    const { logBackendState } = require('./lib/diagnostics/debug-log');
    const backend = { kind: 'redis', address: 'redis://127.0.0.1:6379/0', reason: 'the option redis' };
    logBackendState(backend, 'connecting');
    logBackendState(backend, 'down', 'connection\\nrefused');
    logBackendState(backend, 'down', new Error('connection refused'));
  `);
  assert.deepEqual(
    lines.map((line) => line.replace(PREFIX, '')),
    [
      'BACKEND redis://127.0.0.1:6379/0 is connecting',
      'BACKEND redis://127.0.0.1:6379/0 is down: connection refused',
      'BACKEND redis://127.0.0.1:6379/0 is down: connection refused',
    ],
  );
});
