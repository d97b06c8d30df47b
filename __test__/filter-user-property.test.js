'use strict';

// Where the user of a socket is: under the userProperty of its own authorizer, whatever others have put on its request.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorize, filterSocketsByUser } = require('..');
const { SECRET, cookieOf, passportOf } = require('./support/visit');
const { storeOf } = require('./support/oracle');

test('the user is found under the userProperty of the authorizer that let it in, a guest too', () => {
  const store = storeOf({ ada: { passport: { user: 'ada' } } });
  const options = {
    secret: SECRET,
    store,
    passport: passportOf(),
    fail: (data, message, critical, accept) => accept(),
  };
  const accounts = authorize({ ...options, userProperty: 'account' });
  const users = authorize(options);
  const visitor = (authorizer, cookie) => {
    const socket = { request: { headers: { cookie }, user: undefined } };
    authorizer(socket, () => {});
    return socket;
  };
  const sockets = [
    visitor(accounts, cookieOf('ada')),
    visitor(users, cookieOf('ada')),
    visitor(accounts, ''),
    visitor(users, ''),
  ];
  const asked = [];
  const found = filterSocketsByUser(sockets, (user) => asked.push(user));
  assert.ok(found.every((socket, i) => socket === sockets[i]));
  assert.deepStrictEqual(
    asked.map((user) => [user.id, user.logged_in]),
    [
      ['ada', true],
      ['ada', true],
      [undefined, false],
      [undefined, false],
    ],
  );
});

test('sockets of two namespaces share a request: each has its user under the userProperty of its own authorizer', () => {
  const options = { secret: SECRET, store: storeOf({ ada: { passport: { user: 'ada' } } }) };
  const users = authorize({ ...options, passport: passportOf() });
  const services = authorize({
    ...options,
    userProperty: 'service',
    passport: passportOf((key, done) => done(null, { id: 999 })),
  });
  const refusing = authorize({ ...options, key: 'admin.sid', userProperty: 'admin', passport: passportOf() });
  const request = { headers: { cookie: cookieOf('ada') } };
  const [chat, service, admin] = [{ request }, { request }, { request }];
  users(chat, () => {});
  services(service, () => {});
  refusing(admin, () => {});
  const idsOf = (sockets) => {
    const ids = [];
    filterSocketsByUser(sockets, (user) => ids.push(user.id));
    return ids;
  };
  assert.deepStrictEqual(idsOf([chat, service, admin]), ['ada', 999, undefined]);
  assert.deepStrictEqual(idsOf(new Set([chat, service])), ['ada', 999]);
  assert.deepStrictEqual(filterSocketsByUser([chat, service, admin], { id: 'ada' }), [chat]);
});

test('a namespace without an authorizer, behind that of another: the user is where that one put it', () => {
  const store = storeOf({ ada: { passport: { user: 'ada' } } });
  const accounts = authorize({ secret: SECRET, store, passport: passportOf(), userProperty: 'account' });
  const request = { headers: { cookie: cookieOf('ada') } };
  accounts({ request }, () => {});
  const chat = { request };
  assert.deepStrictEqual(
    filterSocketsByUser([chat], ({ id }) => id === 'ada'),
    [chat],
  );
  assert.deepStrictEqual(filterSocketsByUser([chat], { id: 'ada' }), [chat]);
});

test('under a userProperty what else is in request.user counts for nothing', () => {
  const store = storeOf({ ada: { passport: { user: 'ada' } } });
  const accounts = authorize({ secret: SECRET, store, passport: passportOf(), userProperty: 'account' });
  const request = { headers: { cookie: cookieOf('ada') }, user: { name: 'bob', logged_in: true } };
  const socket = { id: 'a', request };
  accounts(socket, () => {});
  const guest = { logged_in: false };
  const others = [{}, { user: null }, { user: guest }].map((other, at) => ({ id: `${at}`, request: other }));
  const sockets = [socket, ...others];
  const namespace = { name: '/', sockets: new Map(sockets.map((each) => [each.id, each])) };
  for (const target of [sockets, new Set(sockets), namespace]) {
    const asked = [];
    filterSocketsByUser(target, (user) => asked.push(user));
    assert.deepStrictEqual(asked, [request.account, guest]);
  }
});

test('a user that the app sets to null is passed over, whatever was decided for the socket', () => {
  const options = {
    secret: SECRET,
    store: storeOf({ ada: { passport: { user: 'ada' } } }),
    passport: passportOf(),
    fail: (data, message, critical, accept) => accept(),
  };
  for (const userProperty of ['user', 'account']) {
    for (const cookie of [cookieOf('ada'), '']) {
      const socket = { request: { headers: { cookie } } };
      authorize({ ...options, userProperty })(socket, () => {});
      assert.deepStrictEqual(
        filterSocketsByUser([socket], () => true),
        [socket],
      );
      socket.request[userProperty] = null;
      for (const match of [() => true, (user) => user.id === 'ada', {}, { id: 'ada' }]) {
        assert.deepStrictEqual(filterSocketsByUser([socket], match), []);
        assert.deepStrictEqual(filterSocketsByUser(new Set([socket]), match), []);
      }
    }
  }
});

test('a request that is authorised again under another userProperty: the later one counts', () => {
  const options = {
    secret: SECRET,
    passport: passportOf(),
    store: storeOf({ ada: { passport: { user: 'ada' } } }),
  };
  const request = { headers: { cookie: cookieOf('ada') } };
  authorize({ ...options, userProperty: 'account' })({ request }, () => {});
  authorize({ ...options, passport: passportOf((key, done) => done(null, { name: key })) })(
    { request },
    () => {},
  );
  const asked = [];
  filterSocketsByUser([{ request }], (user) => asked.push(user));
  assert.deepStrictEqual(asked, [{ name: 'ada', logged_in: true }]);
});
