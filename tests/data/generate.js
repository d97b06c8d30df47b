'use strict';

// Writes the *.json beside it: what JavaScript says to inputs that tests/golden.rs then gives to the Rust core.
// `node tests/data/generate.js`, after a change here only: the same source writes the same bytes on every run.

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

// The copies that cookie-parser itself uses, whatever else is installed.
const ofCookieParser = createRequire(require.resolve('cookie-parser'));
const { signedCookie } = require('cookie-parser');
const cookie = ofCookieParser('cookie');
const signature = ofCookieParser('cookie-signature');
for (const [name, version] of [
  ['cookie', '0.7.2'],
  ['cookie-signature', '1.0.6'],
]) {
  const found = ofCookieParser(`${name}/package.json`).version;
  if (found !== version)
    throw new Error(`${name} ${found} is installed; the vectors are those of ${version}`);
}

/** A seeded xorshift: uniform integer below `limit`. */
let state = 0x9e3779b9;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}
const pick = (list) => list[below(list.length)];
const many = (limit, make) => Array.from({ length: below(limit) }, make);
const chance = (percent) => below(100) < percent;

/** One to three characters replaced, inserted or removed. */
function mutate(text, alphabet) {
  for (let edits = 1 + below(3); edits > 0; edits--) {
    const at = below(text.length + 1);
    text = text.slice(0, at) + (chance(70) ? pick(alphabet) : '') + text.slice(at + below(2));
  }
  return text;
}

// --- Cookie header -> [[name, decoded value], ...] ---------------------------------------------------------------

const NAMES = [
  'a',
  'ab',
  'connect.sid',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '0',
  '42',
  '-1',
  'é',
];
const LATIN1 = Array.from({ length: 128 }, (_, index) => String.fromCharCode(0x80 + index));
const HEADER_PARTS = [
  ...';;;;;====""  \t\t%%,\\:ab09AFef+.',
  ...[
    '; ',
    '%3A',
    '%C3%A9',
    '%c3',
    '%E2%82%AC',
    '%F0%9F%98%80',
    '%ED%A0%80',
    '%00',
    '%zz',
    's:',
    'j:{"a":1}',
  ],
  ...NAMES,
];
const HEADERS = [
  ...[
    '',
    '=',
    '==',
    ';',
    ';=',
    '=;',
    ' =',
    '= ',
    'a',
    'a=',
    '=a',
    'a=;',
    'a=b',
    'a=b=c',
    'a;b',
    'a;b=c',
    'a; =b',
  ],
  ...[
    'a=1;a=2',
    'a=;a=2',
    'a;a=2',
    'a=1; ;b=2;',
    ';;;a=1;;;',
    'a==',
    'a = 1 ; b\t=\t2',
    'a="1"',
    'a=" 1 "',
    'a= "1" ',
  ],
  ...[
    'a="',
    'a=""',
    'a="""',
    'a="1',
    'a=1"',
    'a="1;2"',
    'a="1";b',
    '"a"=1',
    'a="\t',
    'a= "',
    'a=b c',
    'a=1,b=2',
  ],
  ...[
    'a=%',
    'a=%4',
    'a=%41%',
    'a=%C3',
    'a="%41"',
    '%61=1',
    'a=%22x%22',
    'a=\u00a01\u00a0',
    '\u00a0a=1',
    'a=\v1',
    'a=\x7f',
  ],
  ...[
    '__proto__=1',
    '__proto__=1; a=2',
    ' __proto__ = 1;__proto__=2',
    'constructor=1',
    'toString=1; valueOf=2',
  ],
  ...[
    '2=b; 1=a; x=c',
    'a=\u20ac; \u013b=1; b=\u{1f600}',
    'a =1;a=2',
    'a\t b=1',
    'connect.sid=s%3Aabc.def; connect.sid=x',
  ],
];

function randomHeader() {
  if (chance(30)) return many(16, () => (chance(10) ? pick(LATIN1) : pick(HEADER_PARTS))).join('');
  const pairs = many(6, () => `${pick(NAMES)}=${many(6, () => pick(HEADER_PARTS)).join('')}`);
  return chance(60) ? mutate(pairs.join('; '), HEADER_PARTS) : pairs.join(pick([';', '; ', ' ;\t']));
}

const cookies = [...HEADERS, ...Array.from({ length: 2400 }, randomHeader)].map((header) => [
  header,
  Object.entries(cookie.parse(header)),
]);

// --- Percent-encoded text -> decoded text, or null for URIError ---------------------------------------------------

const BYTES_AT_EDGES =
  '00 25 41 7F 80 8F 90 9F A0 BF C0 C1 C2 DF E0 E1 EC ED EE EF F0 F1 F3 F4 F5 F7 F8 FF'.split(' ');
const escaped = (byte) => `%${chance(50) ? byte : byte.toLowerCase()}`;

function randomEscapes() {
  const whole = encodeURIComponent(
    many(4, () => String.fromCodePoint(pick([0x25, 0xe9, 0x7ff, 0xd7ff, 0xe000, 0x10ffff]))).join(''),
  );
  const loose = many(5, () =>
    chance(75) ? escaped(pick(BYTES_AT_EDGES)) : pick(['a', 'é', '%', '%4', '+', '😀']),
  );
  return pick([whole, loose.join(''), whole + loose.join('')]);
}

const percent = Array.from({ length: 800 }, randomEscapes).map((raw) => {
  try {
    return [raw, decodeURIComponent(raw)];
  } catch {
    return [raw, null];
  }
});

// --- Cookie header, secrets -> session id, false (forged), null (not there, or not signed) -------------------------

const SECRETS = ['keyboard cat', 'é😀', 'x'.repeat(64), 'y'.repeat(65), 'z'.repeat(100), '\0', ' '];
const VALUES = [
  '',
  '.',
  'a.b',
  'Zx3kVq9_bWm2PnLrTc7YdHjFsA1eUg5o',
  'é',
  '😀 ;"%',
  'v'.repeat(55),
  'v'.repeat(56),
  'v'.repeat(130),
];
const SIGNED_ALPHABET = [...'.=+/-_AQgw ', 's:', '%2E', '='];

function signedHeader() {
  const secrets = [pick(SECRETS), pick(SECRETS)].slice(below(2));
  let value = signature.sign(pick(VALUES), chance(75) ? secrets.at(-1) : pick(SECRETS));
  if (chance(40)) value = mutate(value, SIGNED_ALPHABET);
  if (chance(10)) value += pick(['=', '==', '.', ' ']);
  // The last of 43 characters carries four bits only: its neighbours decode to the same bytes, and are still forged.
  if (chance(10)) value = value.slice(0, -1) + String.fromCharCode(value.charCodeAt(value.length - 1) + 1);
  value = (chance(90) ? 's:' : pick(['S:', '', 's'])) + value;
  const header = `a=1; sid=${chance(85) ? encodeURIComponent(value) : value}; b=2`;
  const parsed = cookie.parse(header).sid;
  const id = signedCookie(parsed, secrets);
  return [header, secrets, id === undefined || id === parsed ? null : id];
}

const signatures = Array.from({ length: 700 }, signedHeader);

// --- Session text, Passport's key -> [outcome, start, end | position] ----------------------------------------------

/** Only plain objects have members here, and only their own ones. */
function own(value, key) {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, key) ? value[key] : undefined;
}

function sessionOutcome(text, passportKey) {
  if (text === '') return ['Absent'];
  let session;
  try {
    session = JSON.parse(text);
  } catch (error) {
    // V8 names the position in some of its messages.
    const position = /at position (\d+)/.exec(error.message);
    return ['NotJson', position && Buffer.byteLength(text.slice(0, Number(position[1])))];
  }
  if (!session) return ['Absent'];
  const passport = own(session, passportKey);
  if (!passport) return ['NotInitialized'];
  return own(passport, 'user') === undefined ? ['NotLoggedIn'] : ['User', ...userSpan(text, passportKey)];
}

/**
 * Where the user's key stands in a text (bytes): of the values of members called "user", the one that makes a marker
 * the user when the marker takes its place. Only JSON.parse says what is a value and who is the user.
 */
function userSpan(text, passportKey) {
  const spans = [];
  for (const { 0: member, 1: key, index } of text.matchAll(
    /("(?:[^"\\]|\\.)*")[ \t\r\n]*:[ \t\r\n]*|"(?:[^"\\]|\\.)*"/g,
  )) {
    if (!key || JSON.parse(key) !== 'user') continue;
    const start = index + member.length;
    for (let end = start + 1; end <= text.length; end++) {
      const candidate = text.slice(start, end);
      if (!/[^ \t\r\n]$/.test(candidate) || !parses(candidate)) continue;
      const marked = `${text.slice(0, start)}"<user>"${text.slice(end)}`;
      if (parses(marked) && own(own(JSON.parse(marked), passportKey), 'user') === '<user>')
        spans.push([start, end]);
    }
  }
  if (spans.length !== 1) throw new Error(`${spans.length} users in ${text}`);
  return spans[0].map((index) => Buffer.byteLength(text.slice(0, index)));
}

function parses(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const SCALARS = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1',
    '-1',
    '0.0',
    '-0.0e9',
    '1e999',
    '-1e999',
    '1e-999',
    '5e-324',
    '2e-324',
  ],
  ...[
    '2.4703282292062327e-324',
    '2.4703282292062328e-324',
    '9007199254740993',
    '1E+2',
    '12.5e-3',
    '0e5',
    '123456789012345678901234567890',
  ],
  ...[
    '""',
    '"a"',
    '"\\ud800"',
    '"\\uDC00\\ud800"',
    '"\\u0000"',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"é😀\u2028\x7f"',
    '"65a1b2c3d4e5f60718293a4b"',
  ],
];
const NOT_SCALARS = [
  ...[
    '',
    '-',
    '+1',
    '01',
    '-01',
    '00',
    '1.',
    '.5',
    '1.e1',
    '1e',
    '1e+',
    '1.5.5',
    '0x1',
    '1_0',
    'NaN',
    'Infinity',
    '-Infinity',
  ],
  ...[
    'undefined',
    'True',
    'nul',
    'nulll',
    "'a'",
    '"',
    '"a',
    '"\\',
    '"\\x41"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\u+123"',
    '"\n"',
    '"\0"',
    '"\x1f"',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1}',
    '{]',
    '{1:1}',
    '{a:1}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1,,"b":2}',
  ],
  ...[
    '{"a" 1}',
    '{"a":1]',
    '{"a":1}}',
    '/**/1',
    '1//',
    '\ufeff1',
    '\u00a01',
    '\v1',
    '\f1',
    '1\u2028',
    '1 1',
    '1,',
    ',1',
    '1:',
  ],
];
const KEYS = ['passport', 'user', 'cookie', '__proto__', 'constructor', 'toString', '', 'a', 'é😀', '0'];
const SPACES = ['', '', '', '', ' ', '\t', '\n', '\r\n', '  '];
const TEXT_ALPHABET = [
  ...'{}[]:,"\\/-+.eE01 \n\t\0',
  'null',
  '"user"',
  '"passport":',
  '\\u0070',
  '\\ud83d',
  'é',
  '\ufeff',
];

/** The key as JSON, some of its characters as escapes. */
const spelt = (key) => `"${Array.from(key, (char) => (chance(8) ? escapedCharacter(char) : char)).join('')}"`;
const escapedCharacter = (char) =>
  char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

function randomValue(depth) {
  if (depth === 0 || chance(50)) return pick(SCALARS);
  const space = pick(SPACES);
  if (chance(40)) return `[${space}${many(4, () => randomValue(depth - 1)).join(`${space},`)}]`;
  return object(many(4, () => [pick(KEYS), randomValue(depth - 1)]));
}

function object(members) {
  const space = () => pick(SPACES);
  const texts = members.map(
    ([key, value]) => `${space()}${spelt(key)}${space()}:${space()}${value}${space()}`,
  );
  return `{${texts.join(',')}${space()}}`;
}

function randomSession() {
  const passport = () => {
    const members = many(3, () => [pick(KEYS), randomValue(1)]);
    if (chance(75)) members.splice(below(members.length + 1), 0, ['user', randomValue(2)]);
    return chance(90) ? object(members) : randomValue(1);
  };
  const members = many(3, () => [pick(KEYS), randomValue(2)]);
  if (chance(85)) members.splice(below(members.length + 1), 0, ['passport', passport()]);
  if (chance(15)) members.push(['passport', passport()]);
  const text = pick(SPACES) + object(members) + pick(SPACES);
  return chance(35) ? mutate(text, TEXT_ALPHABET) : text;
}

const nested = (levels) => `${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`;
const inEveryPlace = (value) => [
  [value],
  [`{"passport":${value}}`],
  [`{"passport":{"user":${value}}}`],
  [`{"passport":{"user":1},"after":${value}}`],
];
const SESSIONS = [
  ...[...SCALARS, ...NOT_SCALARS].flatMap(inEveryPlace),
  ...[nested(200), nested(1500), nested(200).slice(1), nested(200).slice(0, -1)].map((text) => [
    `{"passport":{"user":1},"deep":${text}}`,
  ]),
  ...['__proto__', 'constructor', '', 'é😀', 'a"\\\n'].flatMap((key) => [
    [`{${JSON.stringify(key)}:{"user":1}}`, key],
    ['{}', key],
    ['[]', key],
    ['{"passport":{"user":1}}', key],
  ]),
  ['{"\\u0061\\"\\u005c\\n":{"user":1}}', 'a"\\\n'],
  ['{"\\ud83d\\ude00":{"user":1}}', '😀'],
  ['{"\\ude00\\ud83d":{"user":1}}', '😀'],
  ['{"__proto__":{"passport":{"user":1}}}'],
  ['{"passport":{"__proto__":{"user":1}}}'],
  ['{"passport":{"user":{"user":2}}}'],
];

const sessions = [...SESSIONS, ...Array.from({ length: 1300 }, () => [randomSession()])].map(
  ([text, passportKey = 'passport']) => [text, passportKey, sessionOutcome(text, passportKey)],
);

// --- The same for bytes that are not UTF-8, in hex: Node reads them as U+FFFD. Outcome without positions. ------------

const BAD_BYTES = ['ff', 'c3', 'e282', 'eda080', 'c080', 'f5808080'];
const bytes = BAD_BYTES.flatMap((bad) => {
  const texts = [
    '{"passport":{"user":"@"}}',
    '{"passport":{"user":1},"@":"a"}',
    '{"@passport":{"user":1}}',
    '{"passport":{"@user":1}}',
    '@',
    '{"passport":{"user":@}}',
    '{"passport":{"user":1}}@',
  ];
  return texts.map((text) => {
    const hex = Buffer.from(text).toString('hex').replace('40', bad);
    return [hex, sessionOutcome(Buffer.from(hex, 'hex').toString(), 'passport')[0]];
  });
});

for (const [name, rows] of Object.entries({ cookies, percent, signatures, sessions, bytes })) {
  const lines = rows.map((row) => JSON.stringify(row));
  fs.writeFileSync(path.join(__dirname, `${name}.json`), `[\n${lines.join(',\n')}\n]\n`);
}
