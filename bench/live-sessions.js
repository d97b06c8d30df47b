'use strict';

const { createClient } = require('redis');
const { sessionOf } = require('./sessions');

/** The default of connect-redis, and of this package. */
const PREFIX = 'sess:';
/** Seconds. */
const WEEK = 7 * 24 * 60 * 60;
/** Sessions that are written in one pipeline. */
const BATCH = 1000;

/** Session number `index`: as long as those of express-session, and known to each process without a list. */
function sidOf(index) {
  const bytes = Buffer.alloc(24, 0x5f);
  bytes.writeUInt32BE(index, 20);
  return bytes.toString('base64url');
}

function keyOf(index, prefix = PREFIX) {
  return prefix + sidOf(index);
}

/** The text of a session as express-session writes it, of about 430 bytes. */
function textOf(index) {
  return JSON.stringify(sessionOf(userOf(index)));
}

/** The user in it: an id as in MongoDB, of 24 characters. */
function userOf(index) {
  return `65f0c1a2b3d4e5f6${index.toString(16).padStart(8, '0')}`;
}

/** The number of the session of a user. */
function indexOf(user) {
  return Number.parseInt(user.slice(-8), 16);
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

/** How many keys of other clients the server would tell changes of. */
async function trackedKeys(client) {
  const [, count] = /^tracking_total_keys:(\d+)/m.exec(await client.info('stats'));
  return Number(count);
}

async function connect(url) {
  const client = createClient({ url });
  // An error without a listener would be thrown. A relevant error makes the measurement fail.
  client.on('error', () => {});
  return client.connect();
}

module.exports = { PREFIX, WEEK, connect, indexOf, keyOf, sidOf, textOf, trackedKeys, userOf, writeSessions };
