'use strict';

// What is said about each wrong shape of the option redis: at once, by name, and without its values.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorize } = require('..');
const { SECRET, passportOf } = require('./support/visit');

const REDIS = 'redis://h:7001';
const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
/** A value that no message may show. */
const HIDDEN = 'hunter2';
const SENTINEL = { name: 'm', nodes: [{ host: 's' }] };

/** A wrong option, and the message from the name of the setting on. */
const WRONG = [
  [7, /^redis must be a URL .*array of URLs .*object/],
  ['', /^redis must be a URL/],
  [HIDDEN, /^redis: not a Redis URL/],
  [`http://:${HIDDEN}@h`, /^redis: not the URL of a Redis/],
  [new Map(), /^redis is a client: give the option client/],
  [{ get() {}, password: HIDDEN }, /^redis is a client/],
  [{}, /^redis does not say where Redis is.*url, host, path, nodes, sentinel/],
  [{ password: HIDDEN }, /^redis does not say where/],
  [[], /^redis\.nodes must be an array .* not an empty one/],
  [{ nodes: [] }, /^redis\.nodes must be an array/],
  [{ nodes: REDIS }, /^redis\.nodes must be an array/],
  [{ nodes: [7] }, /^redis\.nodes\[0\] must be a URL or \{ host, port \}/],
  [[REDIS, { port: 7 }], /^redis\.nodes\[1\]\.host is missing/],
  [[{ host: 'h', port: '7' }], /^redis\.nodes\[0\]\.port must be a whole number/],
  [[{ host: 'h', password: HIDDEN }], /^redis\.nodes\[0\]\.password is unknown: there are host, port/],
  [[REDIS, HIDDEN], /^redis: not a Redis URL/],
  [{ url: REDIS, pasword: HIDDEN }, /^redis\.pasword is unknown: there are url, /],
  [{ url: 7 }, /^redis\.url must be a URL/],
  [{ host: '' }, /^redis\.host must be a name or an IP address/],
  [{ host: `redis://:${HIDDEN}@h` }, /^redis: the host must be/],
  [{ host: 'h', port: 0 }, /^redis\.port must be a whole number from 1/],
  [{ host: 'h', port: 65_536 }, /^redis\.port must/],
  [{ host: 'h', port: '6379' }, /^redis\.port must/],
  [{ path: '' }, /^redis\.path must be the path/],
  [{ url: REDIS, username: 7 }, /^redis\.username must be a string/],
  [{ url: REDIS, password: { HIDDEN } }, /^redis\.password must be a string/],
  [{ url: REDIS, db: -1 }, /^redis\.db must be a whole number from 0/],
  [{ url: REDIS, db: '1' }, /^redis\.db must/],
  [{ url: REDIS, db: 2 ** 31 }, /^redis\.db must/],
  [{ url: REDIS, keyPrefix: 7 }, /^redis\.keyPrefix must be a string or a Buffer/],
  [{ url: REDIS, clientName: '' }, /^redis\.clientName must be/],
  [{ url: REDIS, clientName: 'a b' }, /^redis\.clientName must be/],
  [{ host: 'h:6379' }, /^redis\.host must be/],
  [{ nodes: [{ host: 'h:6379' }] }, /^redis\.nodes\[0\]\.host must be/],
  [{ url: REDIS, nodes: [REDIS] }, /^redis\.url and redis\.nodes contradict each other/],
  [{ url: REDIS, path: '/run/r.sock' }, /^redis\.url and redis\.path contradict/],
  [{ url: REDIS, port: 7 }, /^redis\.port/],
  [{ path: '/run/r.sock', port: 7 }, /^redis\.port/],
  [{ nodes: [REDIS], sentinel: SENTINEL }, /^redis\.nodes and redis\.sentinel contradict/],
  [{ nodes: [REDIS], db: 1 }, /^redis\.db must be 0 with redis\.nodes/],
  [{ url: `redis://:${HIDDEN}@h`, password: 'other' }, /^redis: the URL and `password` contradict/],
  [{ url: 'redis://h/1', db: 2 }, /^redis: the URL and `db` contradict/],
  [
    [`redis://:${HIDDEN}@h`, 'redis://:other@i'],
    /^redis: all nodes of a cluster need the same user, password/,
  ],
  [{ sentinel: 's' }, /^redis\.sentinel must be \{ name, nodes \}/],
  [{ sentinel: { nodes: [{ host: 's' }] } }, /^redis\.sentinel\.name is missing: it must be the name/],
  [{ sentinel: { name: 7 } }, /^redis\.sentinel\.name must be the name of the master/],
  [{ sentinel: { name: 'm' } }, /^redis\.sentinel\.nodes is missing/],
  [{ sentinel: { name: 'm', nodes: [] } }, /^redis\.sentinel\.nodes must be an array/],
  [{ sentinel: { ...SENTINEL, db: 1 } }, /^redis\.sentinel\.db is unknown: there are name, nodes/],
  [{ sentinel: { ...SENTINEL, password: 7 } }, /^redis\.sentinel\.password must be a string/],
  [{ sentinel: { ...SENTINEL, tls: 'yes' } }, /^redis\.sentinel\.tls must be true/],
  [
    { sentinel: { ...SENTINEL, nodes: [REDIS], tls: true } },
    /^redis\.sentinel\.tls contradicts a URL without TLS/,
  ],
  [{ host: 'h', tls: 'yes' }, /^redis\.tls must be true, or \{ ca, cert/],
  [{ url: 'rediss://h', tls: false }, /^redis\.tls is false, and contradicts the URL/],
  [{ url: REDIS, tls: true }, /^redis\.tls contradicts a URL without TLS: write rediss:/],
  [['rediss://h', 'redis://i'], /^redis\.tls is contradicted: URLs with rediss:\/\/ and with redis:\/\//],
  [{ path: '/run/r.sock', tls: true }, /^redis\.tls contradicts redis\.path/],
  [
    { host: 'h', tls: { checkServerIdentity() {} } },
    /^redis\.tls\.checkServerIdentity is unknown: there are ca/,
  ],
  [{ host: 'h', tls: { pfx: HIDDEN } }, /^redis\.tls\.pfx is unknown/],
  [{ host: 'h', tls: { ca: 7 } }, /^redis\.tls\.ca must be PEM/],
  [{ host: 'h', tls: { ca: [] } }, /^redis\.tls\.ca must be PEM/],
  [{ host: 'h', tls: { key: [HIDDEN] } }, /^redis\.tls\.key must be PEM/],
  [{ host: 'h', tls: { servername: 7 } }, /^redis\.tls\.servername must be the name/],
  [{ host: 'h', tls: { rejectUnauthorized: 0 } }, /^redis\.tls\.rejectUnauthorized must be true or false/],
  [{ host: 'h', tls: { ca: HIDDEN } }, /^redis: TLS: there is no certificate in `ca`/],
  [{ host: 'h', tls: { cert: PEM, key: HIDDEN } }, /^redis: TLS: there is no private key in `key`/],
  [{ host: 'h', tls: { key: HIDDEN } }, /^redis: TLS: there is a `key`, but no `cert`/],
];

test('a wrong shape is a TypeError at authorize() that names the setting, and no secret', () => {
  for (const [given, pattern] of WRONG) {
    assert.throws(
      () => authorize({ redis: given, secret: SECRET, passport: passportOf() }),
      (error) => {
        const { message } = error;
        assert.ok(error instanceof TypeError && message.startsWith('authorize(): option redis'), message);
        assert.match(message.slice('authorize(): option '.length), pattern);
        assert.ok(!`${message} ${error.cause?.message}`.includes(HIDDEN), message);
        return true;
      },
      String(pattern),
    );
  }
});
