'use strict';

// Rows of [text, decodeURIComponent(text)], null where that throws URIError.

const { chance, many, pick } = require('./random')(0x9e2ce27);

/** Where UTF-8 changes its rules. */
const BYTES = '00 25 41 7F 80 8F 90 9F A0 BF C0 C1 C2 DF E0 E1 EC ED EE EF F0 F1 F3 F4 F5 F7 F8 FF'.split(
  ' ',
);
const CHARACTERS = [0x25, 0xe9, 0x7ff, 0xd7ff, 0xe000, 0x10ffff].map((code) => String.fromCodePoint(code));
const LITERALS = ['a', 'é', '%', '%4', '+', '😀'];

module.exports = function percent() {
  return Array.from({ length: 800 }, randomText).map((raw) => [raw, decoded(raw)]);
};

function randomText() {
  const whole = encodeURIComponent(many(4, () => pick(CHARACTERS)).join(''));
  const loose = many(5, () => (chance(75) ? escapedByte() : pick(LITERALS))).join('');
  return pick([whole, loose, whole + loose]);
}

function escapedByte() {
  const byte = pick(BYTES);
  return `%${chance(50) ? byte : byte.toLowerCase()}`;
}

function decoded(raw) {
  try {
    return decodeURIComponent(raw);
  } catch {
    return null;
  }
}
