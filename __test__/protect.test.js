'use strict';

// authorizer.protect(io, { except }): on every Socket.IO that has middlewares, before all others, and once.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { greet, membersOf, startIndexed } = require('./support/index-app');
const { authorizerOf } = require('./support/index-sockets');
const { warningsDuring } = require('./support/proof');
const { VERSIONS, serve } = require('./support/socket-server');

const users = { ann: { id: 1 } };

/** The namespaces of most tests: present, future and dynamic ones, by name. */
const PRESENT = '/present';
const FUTURE = '/future';
const DYNAMIC = '/room-1';
const COMPUTED = '/computed';

/** A server whose namespaces are made around `protect`; `prepare` may do more with it. */
function startProtected(t, version, { options, except, prepare = () => {}, ...more } = {}) {
  return startIndexed(t, {
    version,
    users,
    options,
    ...more,
    prepare(io, authorizer) {
      const before = version > 1 ? [io.of(/^\/room-\d+$/), byFunction(io)] : [];
      for (const namespace of [io, io.of(PRESENT), ...before]) greet(namespace);
      prepare(io, authorizer);
      authorizer.protect(io, except && { except });
      greet(io.of(FUTURE));
      if (version > 1) greet(io.of(/^\/hall-\d+$/));
    },
  });
}

function byFunction(io) {
  return io.of((name, _auth, next) => setImmediate(next, null, name === COMPUTED));
}

const namesOf = (version) =>
  version > 1 ? ['/', PRESENT, FUTURE, DYNAMIC, '/hall-1', COMPUTED] : ['/', PRESENT, FUTURE];

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: every namespace, present, future and dynamic`, async (t) => {
    const { visit, authorizer } = await startProtected(t, version);
    for (const namespace of namesOf(version)) {
      assert.ok((await visit(undefined, { namespace })).refused, namespace);
      const before = authorizer.stats().authorized;
      assert.equal((await visit('ann', { namespace })).welcome, 'ann', namespace);
      // Up to 2 a client comes in by the default namespace.
      const expected = version < 3 && namespace !== '/' ? 2 : 1;
      assert.equal(authorizer.stats().authorized - before, expected, namespace);
      assert.ok((await visit(undefined, { namespace })).refused, namespace);
    }
  });

  test(`Socket.IO ${version}: before all other middlewares, once`, async (t) => {
    const seen = [];
    const note = (name) => (socket, next) => {
      seen.push([name, socket.nsp.name, socket.request.user?.name]);
      next();
    };
    const { io, visit, authorizer } = await startProtected(t, version, {
      prepare(server, ours) {
        server.use(note('before'));
        server.use(ours);
        server.use(note('between'));
        // A middleware that refuses is asked after the authorizer.
        server.of(PRESENT).use((socket, next) => next(new Error(socket.request.user ? 'known' : 'stranger')));
        if (version > 1)
          greet(
            server
              .of(/^\/hall-\d+$/)
              .use(note('hall'))
              .use(ours),
          );
        ours.protect(server);
      },
    });
    io.use(note('after'));
    assert.equal(io.of('/').use(authorizer), io.of('/'));
    io.use(authorizer);
    authorizer.protect(io);

    assert.equal((await visit('ann')).welcome, 'ann');
    assert.equal(authorizer.stats().authorized, 1);
    assert.deepEqual(seen.splice(0), [
      ['before', '/', 'ann'],
      ['between', '/', 'ann'],
      ['after', '/', 'ann'],
    ]);
    assert.ok((await visit()).refused);
    assert.deepEqual(seen.splice(0), []);
    const { refused } = await visit('ann', { namespace: PRESENT });
    assert.equal(refused.message ?? refused, 'known');
    if (version === 1) return;
    seen.splice(0);
    const before = authorizer.stats().authorized;
    await visit('ann', { namespace: '/hall-1' });
    assert.deepEqual(
      seen.filter(([name]) => name === 'hall'),
      [['hall', '/hall-1', 'ann']],
    );
    assert.equal(authorizer.stats().authorized - before, version < 3 ? 2 : 1);
  });

  test(`Socket.IO ${version}: except names, RegExps and functions`, async (t) => {
    const stateful = /^\/public-/gy;
    stateful.lastIndex = 5;
    const asked = [];
    const except = ['/', 'open', stateful, (name) => asked.push(name) && name === FUTURE];
    const { io, visit } = await startProtected(t, version, { except });
    for (const name of ['/open', '/public-1', '/public-2', '/opened', '/not/public-1']) greet(io.of(name));
    for (const namespace of ['/', '/open', '/public-1', '/public-2', FUTURE]) {
      assert.equal((await visit(undefined, { namespace })).welcome, 'a stranger', namespace);
    }
    for (const namespace of [PRESENT, '/opened', '/not/public-1']) {
      assert.ok((await visit(undefined, { namespace })).refused, namespace);
      assert.equal((await visit('ann', { namespace })).welcome, 'ann', namespace);
    }
    // Once a namespace, not once a client.
    assert.deepEqual(asked, [...new Set(asked)]);
    assert.equal(stateful.lastIndex, 5);
  });

  test(`Socket.IO ${version}: index and rooms`, async (t) => {
    const { io, visit, authorizer } = await startProtected(t, version, {
      options: { index: ['id'], rooms: (user) => `user:${user.id}` },
    });
    await visit('ann', { namespace: FUTURE });
    assert.equal(membersOf(io, 'user:1', FUTURE).length, 1);
    assert.equal(filterSocketsByUser(io.of(FUTURE), { id: 1 }).length, 1);
    if (version > 2) assert.deepEqual(authorizer.users('id'), new Map([[1, 1]]));
  });

  test(`Socket.IO ${version}: the first client of a namespace comes with its making`, async (t) => {
    let isOpen = false;
    const { io, visit } = await startProtected(t, version, {
      prepare(server) {
        // Made while clients connect, by another road than io.of.
        const of = server.of.bind(server);
        server.of('/').on('connection', () => {
          if (!isOpen) greet(of('/late'));
          isOpen = true;
        });
      },
    });
    await visit('ann');
    assert.ok(isOpen);
    const answers = await Promise.all([1, 2, 3].map(() => visit(undefined, { namespace: '/late' })));
    for (const { refused } of answers) assert.ok(refused);
    assert.equal((await visit('ann', { namespace: '/late' })).welcome, 'ann');
    assert.ok(io);
  });
}

for (const version of [2, 3, 4]) {
  test(`Socket.IO ${version}: many clients at once in a namespace that is made for them`, async (t) => {
    const { visit } = await startProtected(t, version);
    for (const namespace of [COMPUTED, DYNAMIC]) {
      const visitors = ['ann', undefined, 'ann', undefined, undefined, 'ann'];
      const answers = await Promise.all(visitors.map((name) => visit(name, { namespace })));
      assert.deepEqual(
        answers.map(({ welcome }) => welcome),
        visitors,
      );
    }
  });

  test(`Socket.IO ${version}: children of a pattern are excepted by their own name`, async (t) => {
    const { visit } = await startProtected(t, version, { except: ['/room-2', '/'] });
    assert.equal((await visit(undefined, { namespace: '/room-2' })).welcome, 'a stranger');
    assert.ok((await visit(undefined, { namespace: '/room-1' })).refused);
    assert.equal((await visit('ann', { namespace: '/room-1' })).welcome, 'ann');
  });
}

test('Socket.IO 4: a namespace that is dropped when it is empty is guarded again', async (t) => {
  const { io, visit } = await startProtected(t, 4, {
    settings: () => ({ cleanupEmptyChildNamespaces: true }),
  });
  for (let times = 0; times < 2; times += 1) {
    assert.ok((await visit(undefined, { namespace: DYNAMIC })).refused);
    const { socket, welcome } = await visit('ann', { namespace: DYNAMIC });
    assert.equal(welcome, 'ann');
    const [there] = io.of(DYNAMIC).sockets.values();
    const gone = once(there, 'disconnect');
    socket.disconnect();
    await gone;
    await new Promise(setImmediate);
    assert.equal(io._nsps.has(DYNAMIC), false);
  }
});

test('Socket.IO 4: guarded before the listeners of new_namespace let anybody in', async (t) => {
  const { visit, authorizer } = await startProtected(t, 4, {
    prepare: (io, ours) => io.on('new_namespace', (namespace) => namespace.use(ours)),
  });
  for (const namespace of [FUTURE, DYNAMIC]) {
    const before = authorizer.stats().authorized;
    assert.equal((await visit('ann', { namespace })).welcome, 'ann');
    assert.equal(authorizer.stats().authorized - before, 1);
    assert.ok((await visit(undefined, { namespace })).refused);
  }
});

test('each call guards everything but its own exceptions', async (t) => {
  const { visit } = await startProtected(t, 4, {
    except: ['/open', FUTURE],
    prepare: (io, ours) => ours.protect(io, { except: ['/open', PRESENT] }),
  });
  for (const namespace of [PRESENT, FUTURE]) assert.ok((await visit(undefined, { namespace })).refused);
});

test('two authorizers protect one server: both are asked', async (t) => {
  // Its Passport deserializes nobody.
  const other = authorizerOf({ userProperty: 'account', passport: undefined });
  const { visit, authorizer } = await startProtected(t, 4, { prepare: (io) => other.protect(io) });
  assert.equal((await visit('ann', { namespace: DYNAMIC })).refused?.data.code, 'DESERIALIZE_ERROR');
  assert.equal(other.stats().failures.DESERIALIZE_ERROR, 1);
  assert.equal(authorizer.stats().authorized, 1);
});

test('an exception that fails excepts nothing', async (t) => {
  const codes = warningsDuring(t);
  const fails = (name) => {
    if (name === '/') return false;
    throw new Error('no such tenant');
  };
  const promises = (name) => name !== '/' && Promise.reject(new Error('later'));
  for (const rule of [fails, promises]) {
    const { visit } = await startProtected(t, 4, { except: [rule] });
    for (const namespace of [PRESENT, FUTURE, DYNAMIC]) {
      assert.ok((await visit(undefined, { namespace })).refused, namespace);
    }
  }
  assert.deepEqual(new Set(codes), new Set(['EXCEPT_ERROR']));
});

test('wrong arguments are TypeErrors that say what to give', () => {
  const io = serve(4);
  const authorizer = authorizerOf({});
  const wrong = [
    [
      [undefined],
      /^authorizer\.protect\(io\): io must be a Socket\.IO server, as new Server\(…\) gives it\.$/,
    ],
    [[{}], /must be a Socket\.IO server/],
    [[http.createServer()], /must be a Socket\.IO server/],
    [[Promise.resolve(io)], /is a promise: await it/],
    [[io.of('/chat')], /is a namespace: give the server, .*namespace\.use\(authorizer\)/],
    [[{ of() {}, set() {}, sockets: {} }], /Socket\.IO 0\.9.*io\.set\('authorization', authorizer\)/],
    [[io, null], /options must be an object/],
    [[io, ['/public']], /options must be an object, such as \{ except: \['\/public'\] \}/],
    [[io, { exept: ['/public'] }], /there is no option exept; the only one is except/],
    [[io, { except: [7] }], /except must be a list of names/],
    [[io, { except: [''] }], /except must be a list of names/],
    [[io, { except: [null] }], /except must be a list of names/],
    [[io, { except: {} }], /except must be a list of names/],
    [[io, { except: [async () => true] }], /except must answer synchronously/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(() => authorizer.protect(...args), { name: 'TypeError', message });
  }
  // None of them has guarded anything.
  assert.equal(io.of('/')._fns.length, 0);
  assert.equal(authorizer.protect(io, { except: null }), undefined);
  authorizer.protect(io, {});
  assert.deepEqual(io.of('/')._fns, [authorizer]);
});
