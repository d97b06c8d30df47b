'use strict';

const { outcomes } = require('../../outcomes');
const { messageOf } = require('../../errors');

/** What an error of Redis, of its client, of another database, or of the network mostly means. The first that fits has the word. */
const CAUSES = [
  [
    /WRONGTYPE/,
    'The key of the session holds no text but a hash or another type: a program other than connect-redis writes under this prefix. Compare the prefix and the database.',
  ],
  [/NOPERM/, 'The ACL user of Redis may not read sessions: it needs GET on the keys of the prefix.'],
  [
    /WRONGPASS|NOAUTH|invalid password|without any password/i,
    'Redis wants another user name or password: compare them with those in the URL or the client.',
  ],
  [
    /client is closed|ClientClosed|Connection is closed|Stream isn't writeable/i,
    "The store's Redis client is not connected: await client.connect() before clients arrive, and do not close it.",
  ],
  [
    /client is offline|ClientOffline/i,
    "The store's Redis client has lost its connection, and keeps nothing in a queue: it answers once it is connected again. See its 'error' events.",
  ],
  [
    /\bMOVED\b|\bCLUSTERDOWN\b|cluster support disabled/,
    'The address and the kind of server do not fit: Redis Cluster and a single Redis are configured in different ways.',
  ],
  [
    /ECONNREFUSED|connection refused/i,
    'Nothing listens at that address: start the server there, or correct host and port.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|failed to lookup|Name or service not known/i,
    'That host name is not known here: correct it; in Docker it is the name of the service.',
  ],
  [
    /certificate|handshake failure|\btls/i,
    'The TLS connection failed: compare the URL (rediss:// for Redis) and the certificates.',
  ],
];

const QUEUES =
  "The store's Redis client is not connected, and keeps what it is asked in a queue: connect it, and see its 'error' events.";
const AWAY = "The store's Redis client is not connected: see its 'error' events.";

/** @param {import('./index').Refusal} refusal */
function whyNoAnswer({ outcome, cause, authorizer }) {
  const { hint } = outcomes[outcome];
  const words = messageOf(cause);
  const [, known] = CAUSES.find(([pattern]) => pattern.test(words)) ?? [];
  if (known !== undefined) return `${hint} ${known}`;
  const why = ofClient(authorizer.options);
  return why && `${hint} ${why}`;
}

/** node-redis shows `isReady`, ioredis `status`; both may be told to have no queue. */
function ofClient({ client, store }) {
  const { isReady, status, options } = client ?? store?.client ?? {};
  const isAway = isReady === false || (typeof status === 'string' && status !== 'ready');
  if (!isAway) return undefined;
  return options?.disableOfflineQueue || options?.enableOfflineQueue === false ? AWAY : QUEUES;
}

module.exports = { whyNoAnswer };
