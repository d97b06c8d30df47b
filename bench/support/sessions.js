'use strict';

const { randomBytes } = require('node:crypto');
const { Cookie } = require('express-session');

const SECRET = 'keyboard cat';
/** The default of connect-redis, and of this package. */
const PREFIX = 'sess:';
/** Seconds. */
const WEEK = 7 * 24 * 60 * 60;
/** Sessions that are written in one pipeline. */
const BATCH = 1000;

/**
 * Session number `index`: 24 bytes, 32 characters, as those of uid-safe, which express-session uses. Each process knows it
 * without a list.
 */
function sidOf(index) {
  const bytes = Buffer.alloc(24, 0x5f);
  bytes.writeUInt32BE(index, 20);
  return bytes.toString('base64url');
}

function keyOf(index, prefix = PREFIX) {
  return prefix + sidOf(index);
}

/** The user of session number `index`: an id as in MongoDB, of 24 characters. */
function userOf(index) {
  return `65f0c1a2b3d4e5f6${index.toString(16).padStart(8, '0')}`;
}

/** The number of the session of a user. */
function indexOf(user) {
  return Number.parseInt(user.slice(-8), 16);
}

/** The text of a session as express-session writes it, of about 430 bytes. */
function textOf(index) {
  return JSON.stringify({
    cookie: new Cookie({ maxAge: 1000 * WEEK, sameSite: 'lax' }),
    passport: { user: userOf(index) },
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
  });
}

/**
 * Writes the sessions from `from` to `from + count`, with a time to live, as connect-redis does. They are spread over the
 * prefixes.
 */
async function writeSessions(client, { from = 0, count, prefixes = [PREFIX] }) {
  for (let start = from; start < from + count; start += BATCH) {
    const pipeline = client.multi();
    for (let index = start; index < Math.min(start + BATCH, from + count); index++) {
      pipeline.set(keyOf(index, prefixes[index % prefixes.length]), textOf(index), { EX: WEEK });
    }
    await pipeline.execAsPipeline();
  }
}

module.exports = { PREFIX, SECRET, WEEK, indexOf, keyOf, sidOf, textOf, userOf, writeSessions };
