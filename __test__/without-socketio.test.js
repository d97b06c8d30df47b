'use strict';

// examples/without-socketio: ws, Server-Sent Events and a route, by the very code that it is.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { WebSocket } = require('ws');
const { start } = require('../examples/without-socketio/server');
const { browse, forged } = require('./support/frameworks');
const { sharedRedis } = require('./support/shared');

const WITHIN = { timeout: 60_000 };

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

/** The app, closed with the test. */
async function startApp(t) {
  const app = await start({ redisUrl: redis.url, port: 0 });
  let closing;
  const close = () => (closing ??= app.close());
  t.after(close);
  const logIn = (username, password) => browse(`${app.url}/login`, { form: { username, password } });
  return { url: app.url, close, ann: await logIn('ann', 'rabbit'), bob: await logIn('bob', 'builder') };
}

/** A WebSocket: its greeting, or the status with which it was refused; then how it was closed. */
async function openWebSocket(t, { url }, headers) {
  const ws = new WebSocket(url.replace('http', 'ws'), { headers });
  t.after(() => ws.terminate());
  // One that is refused emits 'error' too.
  ws.on('error', () => {});
  const closed = new Promise((resolve) => {
    ws.once('close', (code, reason) => resolve([code, String(reason)]));
  });
  const greeting = new Promise((resolve) => {
    ws.once('message', (data) => resolve(String(data)));
    ws.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
  });
  return { ws, greeting: await greeting, closed };
}

/** Server-Sent Events: the status, the first event, and then all that comes until the end. */
async function openEvents(t, { url }, headers) {
  const controller = new AbortController();
  t.after(() => controller.abort());
  const response = await fetch(`${url}/events`, { headers, signal: controller.signal });
  if (response.status !== 200) return { status: response.status, first: await response.text() };
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const { value: first } = await reader.read();
  const rest = async () => {
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    return text;
  };
  return { status: 200, first, rest: rest().catch(() => 'aborted'), leave: () => controller.abort() };
}

test('in by the log-in, out by the log-out', WITHIN, async (t) => {
  const app = await startApp(t);
  const [anns, bobs] = [
    await openWebSocket(t, app, { cookie: app.ann }),
    await openWebSocket(t, app, { cookie: app.bob }),
  ];
  assert.deepEqual([anns.greeting, bobs.greeting], ['welcome ann', 'welcome bob']);
  const events = await openEvents(t, app, { cookie: app.ann });
  assert.equal(events.first, 'event: welcome\ndata: "ann"\n\n');
  await browse(`${app.url}/logout`, { cookie: app.ann, form: {} });
  assert.deepEqual(await anns.closed, [4401, 'the session has ended']);
  // Passport takes the user out of the session, then destroys it: either is seen first.
  assert.match(await events.rest, /^event: bye\ndata: (destroyed|logged-out)\n\n$/);
  assert.equal(bobs.ws.readyState, WebSocket.OPEN);
  assert.equal((await openWebSocket(t, app, { cookie: app.ann })).greeting, 401);
  assert.equal((await openEvents(t, app, { cookie: app.ann })).status, 401);
});

test('who is refused, by all three', WITHIN, async (t) => {
  const app = await startApp(t);
  for (const [headers, code] of [
    [{}, 'NO_COOKIE'],
    [{ cookie: forged(app.ann) }, 'BAD_SIGNATURE'],
    [{ cookie: app.ann, origin: 'https://evil.example' }, 'ORIGIN_NOT_ALLOWED'],
  ]) {
    assert.equal((await openWebSocket(t, app, headers)).greeting, 401);
    assert.equal((await openEvents(t, app, headers)).status, 401);
    const response = await fetch(`${app.url}/me`, { headers: { ...headers, connection: 'close' } });
    assert.deepEqual([response.status, await response.json()], [401, { code }]);
  }
  const headers = { cookie: app.ann, origin: app.url, connection: 'close' };
  assert.deepEqual(await (await fetch(`${app.url}/me`, { headers })).json(), { name: 'ann' });
  assert.equal((await openWebSocket(t, app, { cookie: app.ann, origin: app.url })).greeting, 'welcome ann');
});

test('closes, though clients are connected', WITHIN, async (t) => {
  const app = await startApp(t);
  const { closed } = await openWebSocket(t, app, { cookie: app.ann });
  const { rest } = await openEvents(t, app, { cookie: app.ann });
  await app.close();
  await Promise.all([closed, rest]);
  // What is left in Redis is the connection that asks.
  while ((await admin.clientList()).length > 1);
});
