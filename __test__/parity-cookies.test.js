'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { sign } = require('cookie-signature');
const { SECRET, passportOf } = require('./support/visit');
const { LIBRARIES, storeOf, callbacks, isSame } = require('./support/oracle');
const { randomOf, SEED } = require('./support/random');

/** Headers for each shape of secret. */
const HEADERS = 12_000;
const OLD_SECRET = 'an older secret';
const KEY = 'connect.sid';

const SESSIONS = {
  alice: { passport: { user: 'alice' } },
  'a.b.c': { passport: { user: 'dotted' } },
  'zoë÷': { passport: { user: 'Latin-1' } },
  'j:[1': { passport: { user: 'not quite JSON' } },
  'j:0': { passport: { user: 'falsy JSON' } },
  visitor: { passport: {} },
  stranger: { cookie: {} },
};
/** The original asks its store for '' when nobody shows an id; some apps keep a session for guests there. */
const WITH_GUESTS = { ...SESSIONS, '': { passport: { user: 'guest' } } };

const SHAPES = [
  ['a string', SECRET],
  ['an array', [SECRET, OLD_SECRET]],
  ['none', undefined],
];

for (const [shape, secret] of SHAPES) {
  test(`random Cookie headers are read as the original reads them; secret: ${shape}`, () => {
    const random = randomOf(SEED);
    const readers = [SESSIONS, WITH_GUESTS].map((sessions) => [
      readerOf(LIBRARIES.original, secret, { sessions }),
      readerOf(LIBRARIES.ours, secret, { sessions }),
    ]);
    const called = { success: 0, fail: 0 };
    for (let i = 0; i < HEADERS; i++) {
      const header = randomHeader(random);
      const [original, ours] = readers[i % 2];
      const expected = original(header);
      const seen = ours(header);
      called[expected.called] += 1;
      // Only where they differ: assert's own walk through both would take most of the time.
      if (isSame(seen, expected)) continue;
      const where = `seed ${SEED}, header ${i}: ${JSON.stringify(header)}`;
      assert.deepStrictEqual(seen, expected, where);
      assert.fail(`${where}: same members in another order, or a difference deepStrictEqual does not see`);
    }
    // Otherwise the generator has lost its edge.
    assert.ok(Math.min(called.fail, called.success) > HEADERS / 10, JSON.stringify(called));
  });
}

test('what is no Cookie header is read as the original reads it', () => {
  const original = readerOf(LIBRARIES.original, SECRET);
  const ours = readerOf(LIBRARIES.ours, SECRET);
  for (const header of [undefined, null, '', ' ', '=', '==', ';', ';;', '"', '=;', 'a', 'a=', '=a', '; =']) {
    assert.deepStrictEqual(ours(header), original(header), JSON.stringify(header));
  }
});

test('cookie names that are dangerous as properties are read as the original reads them', () => {
  for (const key of ['__proto__', 'constructor', 'toString', '10', 'ü', ' ', 'a b', 'a%20b']) {
    const original = readerOf(LIBRARIES.original, SECRET, key);
    const ours = readerOf(LIBRARIES.ours, SECRET, key);
    for (const header of [
      `${key}=${good('alice')}`,
      `${key}=1; ${key}=${good('alice')}`,
      `${key}=${forged('alice')}`,
    ]) {
      assert.deepStrictEqual(ours(header), original(header), header);
    }
  }
});

/** One header through one library, everything the app can see of it. */
function readerOf(library, secret, { key = KEY, sessions = SESSIONS } = {}) {
  let verdict;
  const store = storeOf(sessions);
  const passport = passportOf();
  const noted = callbacks((noticed) => (verdict = noticed));
  const authorizer = library.authorize({ key, secret, store, passport, ...noted });

  return function read(cookie) {
    verdict = undefined;
    store.asked = [];
    const data = { headers: { cookie } };
    let error;
    authorizer({ request: data }, (given) => (error = given));
    const { called, message, critical } = verdict;
    const { sessionID, user } = data;
    return { called, message, critical, cookie: data.cookie, sessionID, user, refused: error !== undefined };
  };
}

const NAMES = [
  'a',
  'b',
  KEY,
  KEY,
  KEY,
  KEY,
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '0',
  '10',
  '2',
];
const ODD_NAMES = [
  '',
  ' ',
  'connect',
  'connect.sid2',
  'CONNECT.SID',
  'connect%2Esid',
  '"connect.sid"',
  'é',
  '\u00ff',
  'j:',
];
const SEPARATORS = ['; ', '; ', '; ', ';', ' ; ', ';;', '; ;', ',', ', ', ';\t', '\u00a0;', ' '];
const SPACES = ['', '', '', '', ' ', '\t', '  ', ' \t', '\u00a0', '\v', '\f', '\u0085'];
const IDS = Object.keys(WITH_GUESTS);
const JSON_VALUES = [
  'j:{"a":[1]}',
  'j:[]',
  'j:null',
  'j:0',
  'j:"text"',
  'j:{',
  'j:',
  'j:1e999',
  'j:{"__proto__":1}',
];
const CHARACTERS = [
  ';',
  '=',
  '=',
  '"',
  '"',
  '%',
  '%2',
  '%3B',
  '%3D',
  '%22',
  '%00',
  '%ff',
  '%C3%A9',
  '%E0%A4',
  '%ED%A0%80',
  '+',
].concat([
  ' ',
  '\t',
  '\u00a0',
  '\v',
  '\u0080',
  '\u00e9',
  '\u00ff',
  's',
  ':',
  's:',
  's%3A',
  'j:',
  '.',
  '/',
  '\\',
  ',',
  'a',
  '0',
  '\u0001',
  '\u013b',
  '€',
]);

/** A header of some cookies, mostly well-formed, one in three with a few characters changed. */
function randomHeader(random) {
  let header = random.pick(SPACES);
  for (let left = random.below(5); left >= 0; left--) {
    header += randomCookie(random) + (left > 0 || random.chance(10) ? random.pick(SEPARATORS) : '');
  }
  if (random.chance(35)) {
    for (let times = random.below(4); times >= 0; times--) header = mutated(random, header);
  }
  return header;
}

function randomCookie(random) {
  const name = random.chance(85) ? random.pick(NAMES) : random.pick(ODD_NAMES);
  if (random.chance(4)) return name;
  const value = randomValue(random);
  const quoted = random.chance(8) ? `"${value}"` : value;
  return name + random.pick(SPACES) + '=' + random.pick(SPACES) + quoted + random.pick(SPACES);
}

function randomValue(random) {
  const id = random.chance(15) ? random.pick(JSON_VALUES) : random.pick(IDS);
  switch (random.below(8)) {
    case 0:
    case 1:
      return good(id);
    case 2:
      return good(id, OLD_SECRET);
    case 3:
      return forged(id);
    case 4:
      return random.chance(50) ? raw(id) : encodeURIComponent(`s:${id}`);
    case 5:
      return random.chance(50) ? id : encodeURIComponent(id);
    case 6:
      return recoded(random, good(id));
    default:
      return randomText(random);
  }
}

function good(id, secret = SECRET) {
  return encodeURIComponent(raw(id, secret));
}

function raw(id, secret = SECRET) {
  return `s:${sign(id, secret)}`;
}

function forged(id) {
  return good(id, 'a secret that nobody has');
}

/** The same value in another percent-encoding. */
function recoded(random, value) {
  return [...value]
    .map((character) => {
      const code = character.charCodeAt(0);
      return random.chance(10) && code < 0x80 && character !== '%'
        ? `%${code.toString(16).padStart(2, '0')}`
        : character;
    })
    .join('');
}

function randomText(random) {
  let text = '';
  for (let left = random.below(6); left > 0; left--) text += random.pick(CHARACTERS);
  return text;
}

function mutated(random, header) {
  const at = random.below(header.length + 1);
  const cut = random.chance(60) ? random.below(3) : 0;
  return header.slice(0, at) + (random.chance(70) ? random.pick(CHARACTERS) : '') + header.slice(at + cut);
}
