'use strict';

// As testing-contract.test.js: what happens less often.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { membersOf } = require('./support/index-app');
const { comeBack, until } = require('./support/recovered');
const { KINDS, greet, startKind } = require('./support/testing');
const { cookieOf } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

const LET_IN = (_data, _message, _critical, accept) => accept(null, true);

for (const kind of Object.keys(KINDS)) {
  test(`${kind}: what explain says, and counts nowhere`, async () => {
    const users = { ann: { name: 'ann' }, broken: new Error('no database') };
    const authorizer = KINDS[kind].make({ users, ended: new Set() }, {});
    const told = {};
    for (const name of ['ann', 'nobody', 'broken']) {
      const request = { headers: { cookie: cookieOf(name) } };
      const { authorized, code, message, critical, steps } = await authorizer.explain(request);
      told[name] = [authorized, code, message, critical];
      assert.equal(steps.length, 9);
      assert.match(
        String(await authorizer.explain(request)),
        new RegExp(`^${code}: ${message.slice(0, 10)}`),
      );
    }
    assert.deepEqual(told, {
      ann: [true, 'FOUND', 'The user was found', false],
      nobody: [
        false,
        'NOT_LOGGED_IN',
        'User not authorized through passport. (User Property not found)',
        false,
      ],
      broken: [false, 'DESERIALIZE_ERROR', 'Error in deserializing the user', true],
    });
    assert.deepEqual([authorizer.stats().authorized, authorizer.stats().failures], [0, {}]);
    await assert.rejects(authorizer.explain({}), { name: 'TypeError' });
  });

  test(`${kind}: rooms that throw at a recheck change nothing`, async (t) => {
    const rooms = ({ role }) => {
      if (role === 'broken') throw new Error('no rooms');
      return role;
    };
    const app = await startKind(t, { kind, options: { rooms } });
    const { there } = await app.enter('ann');
    app.users.ann = { name: 'ann', role: 'broken' };
    await assert.rejects(app.authorizer.recheck(there), { code: 'CALLBACK_ERROR', message: 'no rooms' });
    assert.equal(there.request.user.role, 'admin');
    assert.deepEqual(membersOf(app.io, 'admin'), [there.id]);
  });

  test(`${kind}: a recheck of a socket that has left does not touch it`, async (t) => {
    const app = await startKind(t, { kind, options: { rooms: ({ role }) => role } });
    const { there, socket } = await app.enter('ann');
    const gone = once(there, 'disconnect');
    socket.close();
    await gone;
    app.users.ann = { name: 'ann', role: 'user' };
    assert.equal(await app.authorizer.recheck(there), undefined);
    assert.equal(there.request.user.role, 'admin');
    assert.deepEqual(membersOf(app.io, 'user'), []);
  });

  test(`${kind}: who is a guest the second time is watched no more`, async (t) => {
    const options = { onSessionEnd: () => {}, fail: LET_IN };
    const app = await startKind(t, {
      kind,
      options,
      prepare(io, authorizer) {
        io.use(authorizer);
        io.use((_socket, next) => {
          app.users.ann = undefined;
          next();
        });
        io.use(authorizer);
        greet(io);
      },
    });
    assert.equal((await app.visit('ann')).welcome, 'a stranger');
    assert.equal(app.authorizer.stats().watch.sockets, 0);
  });

  test(`${kind}: a user whom success replaces, and a guest of fail, count in each namespace`, async (t) => {
    const options = {
      success(data, accept) {
        data.user = { name: `${data.user.name} the second` };
        accept();
      },
      fail(data, _message, _critical, accept) {
        data.user = { name: 'visitor' };
        accept();
      },
    };
    const app = await startKind(t, {
      kind,
      options,
      prepare(io, authorizer) {
        for (const name of ['/', '/chat']) greet(io.of(name));
        authorizer.protect(io);
      },
    });
    const named = (name, namespace) =>
      app.countSocketsByUser(app.io.of(namespace), (user) => user.name === name);
    const first = await app.enter('ann');
    app.users.ann = undefined;
    const entered = new Promise((resolve) => app.io.of('/chat').once('connection', resolve));
    const chat = first.socket.io.socket('/chat');
    t.after(() => chat.close());
    await entered;
    assert.deepEqual([named('ann the second', '/'), named('visitor', '/chat')], [1, 1]);
    assert.equal(first.there.request.user.name, 'visitor');

    const guest = await app.enter('nobody');
    app.users.nobody = { name: 'nobody' };
    const again = new Promise((resolve) => app.io.of('/chat').once('connection', resolve));
    const second = guest.socket.io.socket('/chat');
    t.after(() => second.close());
    await again;
    assert.deepEqual([named('visitor', '/'), named('nobody the second', '/chat')], [1, 1]);
  });

  test(`${kind}: the first accept counts`, async () => {
    const answers = [];
    const options = {
      success(_data, accept) {
        accept();
        accept(new Error('too late'));
      },
    };
    const world = { users: { ann: { name: 'ann' } }, ended: new Set() };
    const authorizer = KINDS[kind].make(world, options);
    authorizer({ request: { headers: { cookie: cookieOf('ann') } } }, (error) => answers.push(error));
    await until(() => answers.length > 0);
    assert.deepEqual(answers, [undefined]);
    assert.equal(authorizer.stats().pending, 0);
  });

  test(`${kind}: rooms that throw are warned of once`, async (t) => {
    const rooms = () => {
      throw new Error('no rooms');
    };
    const app = await startKind(t, { kind, options: { rooms } });
    const warnings = await warningsFrom(t);
    await app.visit('ann');
    const codes = await codesOf(warnings);
    assert.deepEqual(
      codes.filter((code) => code !== 'FIRST_RUN'),
      ['ROOMS_ERROR'],
    );
  });

  for (const [guard, allowRequest, expected] of [
    ['io.of', undefined, ['UNGUARDED_NAMESPACE']],
    ['allowRequest', true, []],
  ]) {
    test(`${kind}: a namespace without the authorizer beside a guarded one, ${guard}`, async (t) => {
      const app = await startKind(t, {
        kind,
        // Not the authorizer itself: the guard sees only that it was given the request.
        settings: (authorizer) => (allowRequest ? { allowRequest: (...args) => authorizer(...args) } : {}),
        prepare(io, authorizer) {
          for (const name of ['/', '/chat']) greet(io.of(name));
          io.of('/chat').use(authorizer);
        },
      });
      await app.visit('ann', { namespace: '/chat' });
      const warnings = await warningsFrom(t);
      await app.visit('ann');
      assert.deepEqual(await codesOf(warnings), expected);
    });
  }

  test(`${kind}: a socket that Socket.IO recovers is authorized anew`, async (t) => {
    const app = await startKind(t, {
      kind,
      options: { onSessionEnd: () => {} },
      settings: () => ({ connectionStateRecovery: {} }),
      prepare(io, authorizer) {
        io.use(authorizer);
        io.on('connection', (socket) => socket.emit('welcome', 'hello'));
      },
    });
    const { socket } = await app.enter('ann');
    app.users.ann = undefined;
    const reasons = [];
    socket.on('disconnect', (reason) => reasons.push(reason));
    await comeBack({ nsp: app.io.of('/'), socket, events: [] });
    await until(() => reasons.includes('io server disconnect'));
    assert.equal(app.authorizer.stats().failures.NOT_LOGGED_IN, 1);
  });
}
