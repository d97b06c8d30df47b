'use strict';

// Rows of [Cookie header, secrets, what cookie-parser makes of the cookie "sid"]: the session id, false when it is
// forged, null when it is not signed at all.

const { parse, sign, signedCookie } = require('./oracle');
const { below, chance, mutate, pick } = require('./random')(0x5196a7);

/** At and around the 64 bytes of an HMAC block, and the padding of the last one. */
const SECRETS = ['keyboard cat', 'é😀', 'x'.repeat(64), 'y'.repeat(65), 'z'.repeat(100), '\0', ' '];
const SID = 'Zx3kVq9_bWm2PnLrTc7YdHjFsA1eUg5o';
const VALUES = ['', '.', 'a.b', SID, 'é', '😀 ;"%', ...[55, 56, 64, 130].map((length) => 'v'.repeat(length))];
const ALPHABET = [...'.=+/-_AQgw ', 's:', '%2E', '='];

module.exports = function signatures() {
  return Array.from({ length: 700 }, row);
};

function row() {
  const secrets = [pick(SECRETS), pick(SECRETS)].slice(below(2));
  const value = (chance(90) ? 's:' : pick(['S:', '', 's'])) + signed(secrets);
  const header = `a=1; sid=${chance(85) ? encodeURIComponent(value) : value}; b=2`;
  const { sid } = parse(header);
  const id = signedCookie(sid, secrets);
  // cookie-parser takes a cookie for signed when this changes it.
  return [header, secrets, id === sid ? null : id];
}

function signed(secrets) {
  const value = sign(pick(VALUES), chance(75) ? secrets.at(-1) : pick(SECRETS));
  if (chance(40)) return mutate(value, ALPHABET);
  if (chance(10)) return value + pick(['=', '==', '.', ' ']);
  // The last of the 43 characters carries four bits: its neighbours decode to the same bytes, and are forged.
  if (chance(10)) return value.slice(0, -1) + String.fromCharCode(value.charCodeAt(value.length - 1) + 1);
  return value;
}
