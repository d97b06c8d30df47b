'use strict';

// The authorizer is made with wrong options, or is put where it cannot work.

const cookieParser = require('cookie-parser');
const { MemoryStore } = require('express-session');
const { SECRET } = require('./secrets');

const withOptions = (more) => (usual) => ({ ...usual, ...more });
const logs = true;

module.exports = {
  'nothing is wrong': { says: [] },
  'nothing is wrong, with all options and namespaces': {
    options: withOptions({
      origin: 'same-host',
      rooms: () => 'news',
      index: ['name'],
      onSessionEnd: 'disconnect',
    }),
    attach: (io, authorizer) => authorizer.protect(io),
    visits: [({ ann }) => ann, ({ ann }) => ({ ...ann, namespace: '/chat' }), () => ({}), () => ({})],
    says: [],
  },
  'an environment variable is not set': {
    options: withOptions({ secret: process.env.NO_SUCH_SECRET }),
    dies: true,
    says: [/^TypeError: authorize\(\): .*option secret is undefined.*environment variable/],
  },
  'no store': {
    options: withOptions({ store: undefined }),
    dies: true,
    says: [/^TypeError: authorize\(\): .*option store is missing/],
  },
  'the class of the store': {
    options: withOptions({ store: MemoryStore }),
    dies: true,
    says: [/^TypeError: authorize\(\): .*store.*class/],
  },
  'cookieParser() instead of cookieParser': {
    options: withOptions({ cookieParser: cookieParser(SECRET) }),
    dies: true,
    says: [/^TypeError: authorize\(\): .*cookieParser/],
  },
  'a misspelt option': {
    options: withOptions({ sucess() {} }),
    says: [/^\[OPTION_NOT_KNOWN\] .*sucess \(was success meant\?\)/],
  },
  'io.use guards one namespace only': {
    attach(io, authorizer) {
      io.of('/chat');
      io.use(authorizer);
    },
    visits: [({ ann }) => ann, () => ({ namespace: '/chat' })],
    says: [
      /^\[UNGUARDED_NAMESPACE\] .*namespace "\/chat", which no authorizer guards.*authorizer\.protect\(io\)/,
    ],
  },
  'io.engine.use(authorizer)': {
    attach: (io, authorizer) => io.engine.use(authorizer),
    visits: [({ ann }) => ({ ...ann, patience: 200 })],
    says: [/^\[NO_HTTP_MIDDLEWARE\] .*Instead of io\.engine\.use\(authorizer\).*use io\.use\(authorizer\)/],
  },
  'rooms under allowRequest alone': {
    options: withOptions({ rooms: () => 'news' }),
    server: (authorizer) => ({ allowRequest: authorizer }),
    attach() {},
    afterwards: () => new Promise((resolve) => process.once('warning', resolve)),
    says: [/^\[NO_SOCKET_YET\] .*need the authorizer as a middleware \(io\.use\)/],
  },
  'connection state recovery before the authorization': {
    server: () => ({ connectionStateRecovery: {} }),
    says: [/^\[RECOVERY_BEFORE_AUTHORIZATION\] .*skipMiddlewares: false.*onSessionEnd/],
  },
  'the request is freed too early': {
    logs,
    attach(io, authorizer) {
      io.engine.on('connection', (conn) => (conn.request = null));
      io.use(authorizer);
    },
    says: [/^NO_COOKIE: The socket has no request any more.*conn\.request = null/],
  },
};
