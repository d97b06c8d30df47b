'use strict';

// Rows of [session text, Passport's key, outcome].

const { outcome } = require('./session-outcome');
const { below, chance, many, mutate, pick } = require('./random')(0x5e5510);

const NUMBERS =
  '0 -0 1 -1 0.0 -0.0e9 1e999 -1e999 1e-999 5e-324 2e-324 2.4703282292062327e-324 2.4703282292062328e-324 ' +
  '9007199254740993 1E+2 12.5e-3 0e5 123456789012345678901234567890';
const STRINGS = String.raw`"" "a" "\ud800" "\uDC00\ud800" "\u0000" "\"\\\/\b\f\n\r\t" "65a1b2c3d4e5f60718293a4b"`;
const VALID = ['null', 'true', 'false', ...NUMBERS.split(' '), ...STRINGS.split(' '), '"é😀\u2028\x7f"'];

const NOT_NUMBERS =
  '- +1 01 -01 00 1. .5 1.e1 1e 1e+ 1.5.5 0x1 1_0 NaN Infinity -Infinity undefined True nul nulll';
const NOT_STRINGS = String.raw`'a' " "a "\ "\x41" "\u12" "\u12g4" "\u+123"`;
const NOT_CONTAINERS =
  '[ ] { } [1 [1, [1,] [,1] [1} {] {1:1} {a:1} {"a"} {"a":} {"a":1,} {"a":1,,"b":2} {"a":1] {"a":1}} /**/1 1// 1, ,1 1:';
const WITH_SPACES = [
  '',
  '1 1',
  '[1 2]',
  '{"a" 1}',
  '"\n"',
  '"\0"',
  '"\x1f"',
  '\ufeff1',
  '\u00a01',
  '\v1',
  '\f1',
  '1\u2028',
];
const INVALID = [
  ...[NOT_NUMBERS, NOT_STRINGS, NOT_CONTAINERS].flatMap((list) => list.split(' ')),
  ...WITH_SPACES,
];

const ODD_KEYS = ['__proto__', 'constructor', '', 'é😀', 'a"\\\n'];
const TABLE = [
  ...[...VALID, ...INVALID].flatMap((value) => [
    [value],
    [`{"passport":${value}}`],
    [`{"passport":{"user":${value}}}`],
    [`{"passport":{"user":1},"after":${value}}`],
  ]),
  ...ODD_KEYS.flatMap((key) =>
    ['{}', '[]', '{"passport":{"user":1}}', object([[key, '{"user":1}']])].map((text) => [text, key]),
  ),
  ...[nested(200), nested(1500), nested(200).slice(1), nested(200).slice(0, -1)].map((text) => [
    `{"passport":{"user":1},"deep":${text}}`,
  ]),
  [String.raw`{"\u0061\"\u005c\n":{"user":1}}`, 'a"\\\n'],
  [String.raw`{"\ud83d\ude00":{"user":1}}`, '😀'],
  [String.raw`{"\ude00\ud83d":{"user":1}}`, '😀'],
  ['{"__proto__":{"passport":{"user":1}}}'],
  ['{"passport":{"__proto__":{"user":1}}}'],
  ['{"passport":{"user":{"user":2}}}'],
  ['{"passport":{"user":1,"user":null}}'],
  ['{"passport":{"user":null,"user":1}}'],
];

module.exports = function sessions() {
  const rows = [...TABLE, ...Array.from({ length: 1300 }, () => [randomText()])];
  return rows.map(([text, key = 'passport']) => [text, key, outcome(text, key)]);
};

const KEYS = ['passport', 'user', 'cookie', ...ODD_KEYS];
const ALPHABET = [
  ...'{}[]:,"\\/-+.eE01 \n\t\0é\ufeff',
  'null',
  '"user"',
  '"passport":',
  '\\u0070',
  '\\ud83d',
];

function randomText() {
  const members = many(3, () => [pick(KEYS), randomValue(2)]);
  if (chance(85)) members.splice(below(members.length + 1), 0, ['passport', randomPassport()]);
  if (chance(15)) members.push(['passport', randomPassport()]);
  const text = space() + object(members) + space();
  return chance(35) ? mutate(text, ALPHABET) : text;
}

function randomPassport() {
  if (chance(10)) return randomValue(1);
  const members = many(3, () => [pick(KEYS), randomValue(1)]);
  if (chance(75)) members.splice(below(members.length + 1), 0, ['user', randomValue(2)]);
  return object(members);
}

function randomValue(depth) {
  if (depth === 0 || chance(50)) return pick(VALID);
  if (chance(40)) return `[${space()}${many(4, () => randomValue(depth - 1)).join(`${space()},`)}]`;
  return object(many(4, () => [pick(KEYS), randomValue(depth - 1)]));
}

function object(members) {
  const texts = members.map(
    ([key, value]) => `${space()}${spelt(key)}${space()}:${space()}${value}${space()}`,
  );
  return `{${texts.join(',')}${space()}}`;
}

/** The key as JSON, some of its UTF-16 units as escapes. */
function spelt(key) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const characters = Array.from(key, (character) =>
    chance(8) ? character.split('').map(escaped).join('') : JSON.stringify(character).slice(1, -1),
  );
  return `"${characters.join('')}"`;
}

function space() {
  return chance(50) ? '' : pick(['', ' ', '\t', '\n', '\r\n', '  ']);
}

function nested(levels) {
  return `${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`;
}
