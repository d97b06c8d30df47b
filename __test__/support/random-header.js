'use strict';

const { sign } = require('cookie-signature');
const { SECRET } = require('./visit');

const KEY = 'connect.sid';
const OLD_SECRET = 'an older secret';

/** The sessions of random headers. */
const SESSIONS = Object.freeze({
  alice: { passport: { user: 'alice' } },
  'a.b.c': { passport: { user: 'dotted' } },
  'zoë÷': { passport: { user: 'Latin-1' } },
  'j:[1': { passport: { user: 'not quite JSON' } },
  'j:0': { passport: { user: 'falsy JSON' } },
  visitor: { passport: {} },
  stranger: { cookie: {} },
});

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
const IDS = [...Object.keys(SESSIONS), ''];
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

/** A header with some cookies. Most are well-formed; in one of three a few characters are changed. */
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

/** The same value with another percent-encoding. */
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

module.exports = { KEY, OLD_SECRET, SESSIONS, randomHeader, good, forged };
