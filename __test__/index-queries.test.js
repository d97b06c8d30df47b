'use strict';

// Criteria of one property and of several, answered from the index, by looking at users, or both.

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { assertFound, predicateOf } = require('./support/index-model');
const {
  FakeNamespace,
  authorizerOf,
  admit,
  connect,
  disconnect,
  enter,
  inhabited,
  visitorOf,
} = require('./support/index-sockets');

const USERS = [
  { id: 42, role: 'admin', active: true, team: { id: 7, lead: { name: 'ada' } } },
  { id: '42', role: 'mod', active: true, team: { id: '7' } },
  { id: 43, role: 'admin', active: false, team: null },
  { id: 42, role: 'user', active: 1, team: { id: 7, lead: null } },
  { id: 44, role: 'mod', active: false },
];

/** How many queries were answered from the index, and how many by looking at users, meanwhile. */
function filtersDuring({ authorizer }, action) {
  const before = authorizer.stats().filters;
  action();
  const after = authorizer.stats().filters;
  return { indexed: after.indexed - before.indexed, scanned: after.scanned - before.scanned };
}

/** Criteria, and the places in USERS of those who match. */
const CASES = [
  [{ id: 42 }, [0, 3]],
  [{ id: '42' }, [1]],
  [{ id: 99 }, []],
  [{ role: 'admin', active: true }, [0]],
  [{ role: ['admin', 'mod'] }, [0, 1, 2, 4]],
  [{ role: ['mod', 'admin'] }, [0, 1, 2, 4]],
  [{ role: ['mod', 'mod', 'mod'] }, [1, 4]],
  [{ role: [] }, []],
  [{ id: 42, role: [] }, []],
  [{ role: ['admin', 'mod'], active: [true, false], id: [43, 44] }, [2, 4]],
  [{ 'team.id': 7 }, [0, 3]],
  [{ 'team.id': ['7', 7], role: ['mod', 'user'] }, [1, 3]],
  [{ 'team.lead.name': 'ada' }, [0]],
  [{ 'team.lead': null }, [3]],
  [{ team: null }, [2]],
  [{ 'team.id.toFixed': null }, []],
  [{ active: [true, 1] }, [0, 1, 3]],
  [{ logged_in: true }, [0, 1, 2, 3, 4]],
  [{ logged_in: false }, []],
  [{}, [0, 1, 2, 3, 4]],
];
const PROPERTIES = ['id', 'role', 'active', 'team', 'team.id', 'team.lead', 'team.lead.name', 'logged_in'];

/** Each property may be indexed or not. */
const INDEXES = {
  'everything is indexed': PROPERTIES,
  'one property is indexed': ['role'],
  'a path is indexed': ['team.id'],
  'a property is named twice': ['id', 'role', 'id'],
  'nothing is indexed': [],
  'there is no option index': undefined,
};

for (const [title, index] of Object.entries(INDEXES)) {
  describe(title, () => {
    const { namespace, sockets } = inhabited({ index }, USERS);
    const targets = {
      'a server': { sockets: namespace },
      'a namespace': namespace,
      'a list': sockets,
      'a list that is read once': () => sockets.values(),
    };
    for (const [name, target] of Object.entries(targets)) {
      test(`of ${name}`, () => {
        for (const [criteria, places] of CASES) {
          const expected = places.map((place) => sockets[place]);
          const fresh = typeof target === 'function' ? [...target()] : target;
          assertFound(fresh, criteria, expected, JSON.stringify(criteria));
        }
      });
    }
  });
}

test('stats() tells queries from the index and those that had to look at users', () => {
  const site = inhabited({ index: ['id', 'role'] }, USERS);
  const { namespace, sockets } = site;
  const during = (action) => filtersDuring(site, action);
  const INDEXED = { indexed: 1, scanned: 0 };
  const SCANNED = { indexed: 0, scanned: 1 };
  for (const query of [filterSocketsByUser, countSocketsByUser]) {
    for (const target of [namespace, { sockets: namespace }, sockets, new Set(sockets)]) {
      assert.deepEqual(
        during(() => query(target, { id: 42 })),
        INDEXED,
      );
      assert.deepEqual(
        during(() => query(target, { id: 42, role: ['admin'] })),
        INDEXED,
      );
      assert.deepEqual(
        during(() => query(target, { active: true })),
        SCANNED,
      );
      assert.deepEqual(
        during(() => query(target, { id: 42, active: true })),
        SCANNED,
      );
      assert.deepEqual(
        during(() => query(target, {})),
        SCANNED,
      );
      const NEITHER = { indexed: 0, scanned: 0 };
      assert.deepEqual(
        during(() => query(target, () => true)),
        NEITHER,
      );
      assert.deepEqual(
        during(() => assert.throws(() => query(target, { id: undefined }))),
        NEITHER,
      );
    }
    // Nobody has been authorized there, so that nothing is known of it.
    const empty = new FakeNamespace();
    assert.deepEqual(
      during(() => query(empty, { id: 42 })),
      SCANNED,
    );
  }
});

test('that nobody is there any more is known from the index', () => {
  const site = inhabited({ index: ['id'] }, USERS);
  for (const socket of site.sockets) disconnect(socket);
  for (const query of [filterSocketsByUser, countSocketsByUser]) {
    const filters = filtersDuring(site, () => query(site.namespace, { id: 42 }));
    assert.deepEqual(filters, { indexed: 1, scanned: 0 });
  }
});

test('more than 1,000 wanted values', () => {
  const users = Array.from({ length: 300 }, (_, i) => ({ id: i * 10, even: i % 2 === 0 }));
  const site = inhabited({ index: ['id', 'even'] }, users);
  const { namespace, sockets } = site;
  for (const count of [999, 1000, 1001, 2500]) {
    const id = Array.from({ length: count }, (_, i) => i);
    for (const criteria of [{ id }, { id, even: true }]) {
      const expected = sockets.filter(({ request }) => predicateOf(criteria)(request.user));
      const filters = filtersDuring(site, () => {
        for (const target of [namespace, sockets]) assertFound(target, criteria, expected);
      });
      assert.deepEqual(
        filters,
        count > 1000 ? { indexed: 0, scanned: 4 } : { indexed: 4, scanned: 0 },
        `${count} values`,
      );
    }
  }
});

test('the order of a namespace is that of connection, whatever was changed since', () => {
  const { authorizer, namespace, sockets } = inhabited(
    { index: ['role', 'level'] },
    Array.from({ length: 40 }, (_, i) => ({ role: i % 2 ? 'a' : 'b', level: i % 3 })),
  );
  for (const i of [31, 4, 20, 0, 11, 2]) {
    sockets[i].request.user.role = 'c';
    authorizer.reindex(sockets[i]);
  }
  for (const i of [20, 11]) {
    sockets[i].request.user.role = 'a';
    authorizer.reindex(sockets[i]);
  }
  for (const criteria of [{ role: 'a' }, { role: ['c', 'a'] }, { role: 'c', level: [0, 2] }, { role: 'b' }]) {
    assertFound(
      namespace,
      criteria,
      sockets.filter(({ request }) => predicateOf(criteria)(request.user)),
    );
  }
});

test('sockets of guests, of strangers, and refused ones', () => {
  const authorizer = authorizerOf({
    index: ['id', 'logged_in'],
    fail: (data, _message, _critical, accept) => accept(data.isWelcome ? null : new Error('no')),
  });
  const namespace = new FakeNamespace();
  const guest = visitorOf(namespace, null);
  guest.request.isWelcome = true;
  assert.equal(admit(authorizer, guest), undefined);
  const refused = visitorOf(namespace, null);
  assert.equal(admit(authorizer, refused).message, 'no');
  const stranger = visitorOf(namespace, { id: 7 });
  for (const socket of [guest, stranger]) enter(socket);
  const ada = connect(authorizer, namespace, { id: 7 });
  const list = [guest, refused, stranger, ada];

  for (const target of [namespace, list]) {
    assertFound(target, { id: 7 }, [ada]);
    assertFound(target, { logged_in: true }, [ada]);
    assertFound(target, {}, target === list ? [guest, refused, ada] : [guest, ada]);
    assertFound(target, { logged_in: false }, target === list ? [guest, refused] : [guest]);
  }
  // A guest counts as of the connection too, so that many of them make no query slow.
  guest.request.user.id = 7;
  assert.deepEqual(filterSocketsByUser(namespace, { id: 7 }), [ada]);
  assert.deepEqual(authorizer.users('id'), new Map([[7, 1]]));
  authorizer.reindex(guest);
  assertFound(namespace, { id: 7 }, [guest, ada]);
  assert.deepEqual(authorizer.users('id'), new Map([[7, 2]]));
  assert.deepEqual(
    authorizer.users('logged_in'),
    new Map([
      [false, 1],
      [true, 1],
    ]),
  );
});

test('users() counts a socket that several authorizers have let in for each of these, and for no other', () => {
  const [one, two, other] = ['user', 'account', 'member'].map((userProperty) =>
    authorizerOf({ index: ['id'], userProperty }),
  );
  const namespace = new FakeNamespace();
  const socket = visitorOf(namespace, { id: 7 });
  for (const authorizer of [one, two]) assert.equal(admit(authorizer, socket), undefined);
  enter(socket);
  socket.request.member = { id: 7 };
  assert.deepEqual(
    [one, two, other].map((authorizer) => authorizer.users('id').get(7)),
    [1, 1, undefined],
  );
});
