'use strict';

const { randomBytes } = require('node:crypto');
const { sign } = require('cookie-signature');
const { Cookie } = require('express-session');

const SECRET = 'keyboard cat';
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
/** Other cookies of a browser. */
const OTHER_COOKIES = '_ga=GA1.1.1418093715.1760000000; lang=en; ';

/**
 * Writes `count` sessions of about 430 bytes into a store, as express-session does.
 * @returns {Promise<{ user: string, valid: string, forged: string }[]>} the user of each, and two Cookie headers
 */
async function fill(store, count) {
  const visitors = Array.from({ length: count }, (_, index) => visitor(index));
  await Promise.all(visitors.map(({ sid, user }) => save(store, sid, sessionOf(user))));
  return visitors.map(({ sid, user }) => ({
    user,
    valid: header(sid, SECRET),
    forged: header(sid, 'a guess'),
  }));
}

/** The Cookie header of a browser that has never logged in. */
const ANONYMOUS = flat(OTHER_COOKIES.trim().slice(0, -1));

function visitor(index) {
  // The format of uid-safe, which express-session uses: 24 random bytes, 32 characters.
  return {
    sid: randomBytes(24).toString('base64url'),
    user: index.toString(16).padStart(24, '65f0c1a2b3d4e5f6'),
  };
}

function sessionOf(user) {
  return {
    cookie: new Cookie({ maxAge: WEEK_MS, sameSite: 'lax' }),
    passport: { user },
    csrfSecret: randomBytes(18).toString('base64url'),
    returnTo: '/rooms/general?from=mail',
    cart: {
      items: [
        { sku: 'A-1009', count: 2 },
        { sku: 'B-2210', count: 1 },
      ],
      currency: 'EUR',
    },
    flash: {},
    views: 17,
    lastSeen: new Date().toISOString(),
    locale: 'en-GB',
  };
}

function save(store, sid, session) {
  return new Promise((resolve, reject) => {
    store.set(sid, session, (error) => (error ? reject(error) : resolve()));
  });
}

function header(sid, secret) {
  return flat(`${OTHER_COOKIES}connect.sid=${encodeURIComponent(`s:${sign(sid, secret)}`)}`);
}

/** A flat string, as from an HTTP parser: a concatenated one would be flattened by its first reader. */
function flat(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
}

module.exports = { SECRET, ANONYMOUS, fill, sessionOf };
