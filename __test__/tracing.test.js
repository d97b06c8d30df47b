'use strict';

// The tracing channel: its events in Node's order, one object for all of them, and stores that are bound to it in the app's
// callbacks.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { channel, tracingChannel } = require('node:diagnostics_channel');
const { test } = require('node:test');
const { AuthorizationError, authorize } = require('..');
const { FakeConnection, attempt, namespaces } = require('./support/attempts');
const { listen } = require('./support/channels');
const { PREAMBLE, runScript } = require('./support/child');
const { handMade } = require('./support/hand-made');
const { names } = require('./support/redis-store');
const { sharedRedis } = require('./support/shared');
const { SECRET, cookieOf, handshake, passportOf, visit } = require('./support/visit');

const NAME = 'tracing:passport-socketio-native:authorize';
const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];
const IS_THERE = { skip: tracingChannel === undefined && 'this Node has no tracing channels' };
const COUNT = 100;
/** Node's own modules use it when they are loaded. */
const WITHOUT_TRACING = `
  for (const name of ['http', 'https', 'net', 'tls', 'worker_threads']) require('node:' + name);
  delete require('node:diagnostics_channel').tracingChannel;
`;

let redis;

sharedRedis((started) => ({ redis } = started), names('u', COUNT));

/** Notes each event, as its name and its message. */
function traced(t) {
  const events = [];
  for (const event of EVENTS) listen(t, `${NAME}:${event}`, (message) => events.push([event, message]));
  return { events, eventNames: () => events.map(([event]) => event) };
}

function assertOneObject(events) {
  assert.equal(new Set(events.map(([, message]) => message)).size, 1);
  return events[0][1];
}

const SYNCHRONOUS = ['start', 'asyncStart', 'asyncEnd', 'end'];

test('a user, decided in the call and later', IS_THERE, async (t) => {
  const { events, eventNames } = traced(t);
  await visit(handMade(), cookieOf('ann'));
  assert.deepEqual(eventNames(), SYNCHRONOUS);
  events.length = 0;
  const store = { get: (sid, done) => setImmediate(done, null, { passport: { user: sid } }) };
  const socket = { request: { headers: { cookie: cookieOf('ann') } }, nsp: { name: '/chat' } };
  const authorizer = handMade({ store });
  await new Promise((resolve) => authorizer(socket, () => setImmediate(resolve)));
  assert.deepEqual(eventNames(), ['start', 'end', 'asyncStart', 'asyncEnd']);
  const { request, namespace, user, backend, durationMs, ...others } = assertOneObject(events);
  assert.equal(request, socket.request);
  assert.deepEqual([namespace, user.id, backend], ['/chat', 'ann', authorizer.backend]);
  assert.ok(durationMs > 0);
  assert.deepEqual(others, { socket });
});

test('what is known at the start is there at the start', IS_THERE, async (t) => {
  const seen = [];
  listen(t, `${NAME}:start`, (message) => seen.push({ ...message }));
  const socket = { request: { headers: {} }, nsp: { name: '/chat' } };
  const authorizer = handMade();
  await new Promise((resolve) => authorizer(socket, resolve));
  assert.deepEqual(seen, [
    { request: socket.request, socket, namespace: '/chat', backend: authorizer.backend },
  ]);
});

test('a refusal: the error that Socket.IO gets', IS_THERE, async (t) => {
  const { events, eventNames } = traced(t);
  const { error } = await visit(handMade(), '');
  assert.deepEqual(eventNames(), ['start', 'error', 'asyncStart', 'asyncEnd', 'end']);
  const context = assertOneObject(events);
  assert.equal(context.error, error);
  assert.equal(context.code, 'NO_COOKIE');
  assert.match(context.hint, /cookie/);

  events.length = 0;
  const own = new Error('no');
  await visit(handMade({ fail: (data, message, critical, accept) => accept(own) }), '');
  assert.equal(assertOneObject(events).error, own);
});

test('where Socket.IO gets no error: that of a middleware', IS_THERE, async (t) => {
  const { events, eventNames } = traced(t);
  const { error, accepted } = await handshake(handMade(), '');
  assert.deepEqual([error, accepted], [null, false]);
  assert.deepEqual(eventNames(), ['start', 'error', 'asyncStart', 'asyncEnd', 'end']);
  const context = assertOneObject(events);
  assert.ok(context.error instanceof AuthorizationError);
  assert.deepEqual([context.error.code, context.error.message], ['NO_COOKIE', 'No session found']);

  events.length = 0;
  const fail = (data, message, critical, accept) => accept('a text');
  await handshake(handMade({ fail }), { method: 'GET', headers: {} });
  assert.equal(assertOneObject(events).error.message, 'a text');
});

test('a guest has a code and no error; a client that has left neither', IS_THERE, async (t) => {
  const { events, eventNames } = traced(t);
  await visit(handMade({ fail: (data, message, critical, accept) => accept(null, true) }), '');
  assert.deepEqual(eventNames(), SYNCHRONOUS);
  const guest = assertOneObject(events);
  assert.deepEqual([guest.code, guest.error, guest.user], ['NO_COOKIE', undefined, undefined]);

  events.length = 0;
  const asked = [];
  const waiting = handMade({ store: { get: (sid, done) => asked.push(done) } });
  const conn = new FakeConnection();
  attempt(waiting, conn, namespaces[0]);
  conn.close();
  asked.pop()(null, { passport: { user: 'ann' } });
  assert.deepEqual(eventNames(), ['start', 'end', 'asyncStart', 'asyncEnd']);
  const left = assertOneObject(events);
  assert.deepEqual([left.code, left.error], [undefined, undefined]);
});

test('what throws in the call is an error, and is thrown', IS_THERE, (t) => {
  const { events, eventNames } = traced(t);
  const authorizer = handMade();
  assert.throws(() => authorizer(7, () => {}), TypeError);
  assert.deepEqual(eventNames(), ['start', 'error', 'end']);
  assert.ok(assertOneObject(events).error instanceof TypeError);
});

/** A store of the app, and one that is bound to the channel: what each callback sees of them, by connection. */
function observed(t, options) {
  const [app, bound] = [new AsyncLocalStorage(), new AsyncLocalStorage()];
  const start = channel(`${NAME}:start`);
  start.bindStore(bound, (context) => context);
  t.after(() => start.unbindStore(bound));
  const seen = [];
  const note = (name, data) => {
    seen.push([name, app.getStore() === data.number && bound.getStore()?.request === data]);
  };
  const passport = passportOf((request, key, done) => {
    note('deserializeUser', request);
    if (request.number % 2) setImmediate(done, null, { id: key });
    else done(null, { id: key });
  });
  const authorizer = authorize({
    secret: SECRET,
    passport,
    ...options,
    success(data, accept) {
      note('success', data);
      accept();
    },
    fail(data, message, critical, accept) {
      note('fail', data);
      accept(new Error('refused'));
    },
  });
  t.after(() => authorizer.close());
  return { app, authorizer, seen, note };
}

const BACKENDS = {
  'native look-ups': () => ({ redis: redis.url }),
  'a store': () => ({ store: { get: (sid, done) => setImmediate(done, null, sessionOf(sid)) } }),
};

function sessionOf(sid) {
  return sid.startsWith('u') ? { passport: { user: sid } } : undefined;
}

for (const [title, optionsOf] of Object.entries(BACKENDS)) {
  test(
    `stores that are bound to start, and those of the app, in deserializeUser, success, fail and next: ${title}`,
    IS_THERE,
    async (t) => {
      const { app, authorizer, seen, note } = observed(t, optionsOf());
      await Promise.all(
        Array.from({ length: COUNT }, (_, number) => {
          const sid = number % 3 ? `u${number}` : `missing${number}`;
          const request = { headers: { cookie: cookieOf(sid) }, number };
          return app.run(number, () => {
            return new Promise((resolve) =>
              authorizer({ request }, () => {
                note('next', request);
                resolve();
              }),
            );
          });
        }),
      );
      for (const name of ['deserializeUser', 'success', 'fail', 'next']) {
        const all = seen.filter(([each]) => each === name);
        assert.ok(all.length > 0 && all.every(([, isRight]) => isRight), name);
      }
    },
  );
}

test('a store that is bound to asyncStart is there in the next middleware', IS_THERE, async (t) => {
  const bound = new AsyncLocalStorage();
  const asyncStart = channel(`${NAME}:asyncStart`);
  asyncStart.bindStore(bound, () => 'continued');
  t.after(() => asyncStart.unbindStore(bound));
  const authorizer = handMade();
  const request = { headers: { cookie: cookieOf('ann') } };
  const seen = await new Promise((resolve) => authorizer({ request }, () => resolve(bound.getStore())));
  assert.deepEqual([seen, bound.getStore()], ['continued', undefined]);
});

test(
  'subscribers and transformations that throw: uncaught, and the client is decided all the same',
  IS_THERE,
  async () => {
    const { out } = await runScript(`
    const { channel, subscribe } = require('node:diagnostics_channel');
    const { AsyncLocalStorage } = require('node:async_hooks');
    const errors = new Set();
    process.on('uncaughtException', (error) => errors.add(error.message));
    for (const event of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) {
      subscribe('${NAME}:' + event, () => { throw new Error(event); });
    }
    channel('${NAME}:start').bindStore(new AsyncLocalStorage(), () => { throw new Error('store'); });
    const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
    (async () => {
      const { error, data } = await visit(authorizer, cookieOf('ann'));
      const { error: refused } = await visit(authorizer, '');
      setImmediate(() => console.log(error, data.user.id, refused.code, [...errors].sort().join()));
    })();
  `);
    assert.equal(out, 'undefined ann NO_COOKIE asyncEnd,asyncStart,end,error,start,store');
  },
);

test('what a later middleware throws is uncaught, and asyncEnd is there', IS_THERE, async () => {
  const { out } = await runScript(`
    const { subscribe } = require('node:diagnostics_channel');
    const events = [];
    process.on('uncaughtException', (error) => console.log(error.message, events.join()));
    for (const event of ['asyncStart', 'asyncEnd', 'error']) subscribe('${NAME}:' + event, () => events.push(event));
    const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
    authorizer({ request: { headers: { cookie: cookieOf('ann') } } }, () => { throw new Error('bug of another'); });
  `);
  assert.equal(out, 'bug of another asyncStart,asyncEnd');
});

test('a Node without tracing channels', async () => {
  const { out, err } = await runScript(
    `
    const authorizer = authorize({ secret: SECRET, store: { get() {} }, passport: passportOf() });
    require('node:diagnostics_channel').subscribe('passport-socketio-native:refused', ({ code }) => console.log(code));
    visit(authorizer, '').then(({ error }) => console.log(error.code));
  `,
    { preamble: WITHOUT_TRACING + PREAMBLE },
  );
  assert.deepEqual([out, err], ['NO_COOKIE\nNO_COOKIE', '']);
});
