'use strict';

// Nobody gets in, and the app has no `fail`: one warning outside production, before anybody was let in.

const { MemoryStore } = require('express-session');
const { inRedis } = require('./in-redis');
const { OTHER_SECRET } = require('./secrets');

const ann = ({ ann: logged }) => logged;
const nobody = () => ({});
const thrice = (visitor) => [visitor, visitor, visitor];

module.exports = {
  'nobody gets in: no cookie': {
    visits: thrice(nobody),
    says: [/^\[FIRST_RUN\] .*NO_COOKIE\. The handshake has no session cookie.*troubleshooting\.md#no_cookie/],
  },
  'nobody gets in: another name': {
    sessions: () => ({ store: new MemoryStore(), name: 'app.sid' }),
    visits: [...thrice(ann), ann, ann],
    says: [
      /^\[FIRST_RUN\] .*NO_COOKIE\. The cookie "app\.sid" is signed with the secret.*give key: "app\.sid"/,
    ],
  },
  'nobody gets in: another secret': {
    options: (usual) => ({ ...usual, secret: OTHER_SECRET }),
    visits: thrice(ann),
    says: [/^\[FIRST_RUN\] .*BAD_SIGNATURE\. None of the secrets.*troubleshooting\.md#bad_signature/],
  },
  'nobody gets in: another store': {
    options: (usual) => ({ ...usual, store: new MemoryStore() }),
    visits: thrice(ann),
    says: [/^\[FIRST_RUN\] .*SESSION_NOT_FOUND\. .*This MemoryStore holds no session at all/],
  },
  'nobody gets in, in production': {
    // express-session warns of its MemoryStore there.
    sessions: inRedis,
    env: { NODE_ENV: 'production' },
    visits: thrice(nobody),
    says: [],
  },
  'nobody gets in, and every decision is logged': {
    env: { NODE_DEBUG: 'passport-socketio-native' },
    options: (usual) => ({ ...usual, secret: OTHER_SECRET }),
    says: [/^PASSPORT-SOCKETIO-NATIVE \d+: .*BAD_SIGNATURE/],
  },
  'everybody gets in, and every decision is logged': {
    env: { NODE_DEBUG: 'passport-socketio-native' },
    says: [/^PASSPORT-SOCKETIO-NATIVE \d+: .*AUTHORIZED/],
  },
  'visitors without a log-in come after somebody was let in': { visits: [ann, ...thrice(nobody)], says: [] },
  'a hundred visitors, and a fail that throws': {
    options: (usual) => ({
      ...usual,
      fail() {
        throw new Error('in fail');
      },
    }),
    visits: Array.from({ length: 100 }, () => nobody),
    says: [/^\[FAIL_CALLBACK_ERROR\] .*in fail/, /^\[FIRST_RUN\] .*NO_COOKIE/],
  },
};
