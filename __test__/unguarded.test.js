'use strict';

// UNGUARDED_NAMESPACE: a client connects to a namespace without an authorizer, while an authorizer guards another one.

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { authorize } = require('..');
const { greet, startIndexed } = require('./support/index-app');
const { authorizerOf } = require('./support/index-sockets');
const { VERSIONS } = require('./support/socket-server');
const { SECRET, passportOf } = require('./support/visit');

const INDEX = require.resolve('..');
const LIB = path.join(path.dirname(INDEX), 'lib', path.sep);
const users = { ann: { id: 1 } };

/** Collects the texts of this warning while a test runs. */
function unguardedDuring(t) {
  const texts = [];
  const listen = ({ code, message }) => code === 'UNGUARDED_NAMESPACE' && texts.push(message);
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  return texts;
}

const warned = () => new Promise(setImmediate);

/** A server with /chat and /open, and where `guard` puts the authorizer. */
function startWith(t, version, guard, more) {
  return startIndexed(t, {
    version,
    users,
    ...more,
    prepare(io, authorizer) {
      for (const name of ['/', '/chat', '/open']) greet(io.of(name));
      guard(io, authorizer);
    },
  });
}

/** Twice a namespace: the stranger may be let in, or not. */
async function visitAll(visit, namespaces = ['/', '/chat', '/open']) {
  for (let times = 0; times < 2; times += 1) {
    for (const namespace of namespaces) {
      await visit('ann', { namespace });
      await visit(undefined, { namespace });
    }
  }
  await warned();
}

for (const version of [3, 4]) {
  test(`Socket.IO ${version}: io.use(authorizer) leaves others open, each is named once`, async (t) => {
    const texts = unguardedDuring(t);
    const { io, visit } = await startWith(t, version, (server, authorizer) => server.use(authorizer));
    await visitAll(visit);
    greet(io.of(/^\/room-\d+$/));
    await visitAll(visit, ['/room-1', '/room-2']);
    const named = texts.map((text) => /the namespace ("[^"]+"), which no authorizer guards/.exec(text)[1]);
    assert.deepEqual(named, ['"/chat"', '"/open"', '"/room-1"', '"/room-2"']);
    assert.match(texts[0], /Guard all of them with authorizer\.protect\(io\)/);
    assert.match(texts[0], /authorizer\.protect\(io, \{ except: \["\/chat"\] \}\)/);
    assert.equal(io.of('/chat').listenerCount('connect'), 0);
  });
}

for (const version of [1, 2]) {
  test(`Socket.IO ${version}: io.use(authorizer) guards all, and nobody is warned`, async (t) => {
    const texts = unguardedDuring(t);
    const { visit } = await startWith(t, version, (io, authorizer) => io.use(authorizer));
    await visitAll(visit);
    assert.deepEqual(texts, []);
  });
}

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: the default namespace beside a guarded one`, async (t) => {
    const texts = unguardedDuring(t);
    const { visit } = await startWith(t, version, (io, authorizer) => io.of('/chat').use(authorizer));
    await visitAll(visit, ['/chat', '/']);
    assert.equal(texts.length, 1);
    assert.match(texts[0], /the namespace "\/"/);
  });

  test(`Socket.IO ${version}: not where protect guards or excepts`, async (t) => {
    const texts = unguardedDuring(t);
    const { visit } = await startWith(t, version, (io, authorizer) =>
      authorizer.protect(io, { except: ['/', /^\/open/] }),
    );
    await visitAll(visit);
    assert.deepEqual(texts, []);
  });

  test(`Socket.IO ${version}: not where allowRequest guards all`, async (t) => {
    const texts = unguardedDuring(t);
    const { visit } = await startWith(t, version, (io, authorizer) => io.of('/chat').use(authorizer), {
      settings: (authorizer) => ({ allowRequest: (request, accept) => authorizer(request, accept) }),
    });
    await visitAll(visit);
    assert.deepEqual(texts, []);
  });

  test(`Socket.IO ${version}: not where another authorizer guards, nor one that a middleware calls`, async (t) => {
    const texts = unguardedDuring(t);
    const other = authorizerOf({ passport: passportOf(), userProperty: 'account' });
    const { visit } = await startWith(t, version, (io, authorizer) => {
      io.use(authorizer);
      io.of('/chat').use(other);
      io.of('/open').use((socket, next) => other(socket, next));
    });
    await visitAll(visit);
    assert.deepEqual(texts, []);
  });
}

test('not where an authorizer of another copy of the package guards', async (t) => {
  const texts = unguardedDuring(t);
  const copy = anotherCopy();
  const options = {
    secret: SECRET,
    store: { get: (sid, done) => done(null, { passport: { user: sid } }) },
    passport: passportOf(),
  };
  const other = copy.authorize(options);
  const { visit } = await startWith(t, 4, (io, authorizer) => {
    io.use(authorizer);
    io.of('/chat').use(other);
    io.of('/open').use(other);
  });
  await visitAll(visit);
  assert.deepEqual(texts, []);

  const allowing = await startWith(t, 4, (io, authorizer) => io.use(authorizer), {
    settings: () => ({ allowRequest: other }),
  });
  await visitAll(allowing.visit);
  assert.deepEqual(texts, []);
  // The two copies do not share their state.
  assert.notEqual(copy.authorize, authorize);
});

test('where a client chooses names, the warnings end', async (t) => {
  const texts = unguardedDuring(t);
  const { io, visit } = await startWith(t, 4, (server, authorizer) => server.use(authorizer));
  await visit('ann');
  const names = Array.from({ length: 150 }, (_, i) => `/room-${i}"\n${'x'.repeat(1000)}`);
  for (const name of names) io.of(name).emitReserved('connect', socketIn(io, name));
  await warned();
  assert.ok(texts.length > 0 && texts.length <= 100);
  for (const text of texts) assert.ok(text.length < 1000 && !text.includes('\n'));
});

/** The parts of a connected socket that are looked at. */
function socketIn(io, name) {
  return { nsp: io.of(name), request: { headers: {} }, recovered: false };
}

/** As where two dependencies of an app each bring this package. */
function anotherCopy() {
  const saved = Object.entries(require.cache).filter(([file]) => file.startsWith(LIB) || file === INDEX);
  for (const [file] of saved) delete require.cache[file];
  const copy = require('..');
  for (const [file, module] of saved) require.cache[file] = module;
  return copy;
}
