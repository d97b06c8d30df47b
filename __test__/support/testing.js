'use strict';

const { once } = require('node:events');
const http = require('node:http');
const ours = require('../..');
const testing = require('../../testing');
const { connect } = require('./socket-client');
const { serve } = require('./socket-server');
const { SECRET, cookieOf, passportOf } = require('./visit');

/**
 * The real authorizer and the one for tests, over the same users: a client with the cookie of `ann` is `world.users.ann`,
 * or nobody. `end` ends a session so that it is gone.
 */
const KINDS = {
  authorize: {
    ...ours,
    make(world, options) {
      const store = {
        get: (name, done) => done(null, world.ended.has(name) ? undefined : sessionOf(world.users, name)),
      };
      const passport = passportOf((name, done) => {
        const user = world.users[name];
        if (user instanceof Error) done(user);
        else if (user === 'late') return;
        else done(null, user);
      });
      return ours.authorize({ secret: SECRET, store, passport, recheckEvery: 100, ...options });
    },
    end: ({ ended }, name) => ended.add(name),
  },
  authorizeAs: {
    ...testing,
    make(world, options) {
      return testing.authorizeAs((request) => {
        const user = world.users[nameOf(request)];
        if (user instanceof Error) throw user;
        return user === 'late' ? new Promise(() => {}) : user;
      }, options);
    },
    end: ({ authorizer }, name, there) => authorizer.end(there),
  },
};

function sessionOf(users, name) {
  return { passport: users[name] ? { user: name } : {} };
}

/** The session id in a cookie of `cookieOf`. */
function nameOf(request) {
  return /=s%3A(\w+)\./.exec(request.headers.cookie)?.[1];
}

/**
 * A Socket.IO server with such an authorizer. Closed with the test.
 * @param {{ kind: string, version?: number, users?: object, options?: object, settings?: (authorizer: Function) => object,
 *   prepare?: (io: object, authorizer: Function) => void }} setup
 */
async function startKind(t, { kind, version = 4, users = {}, options, settings, prepare = guard }) {
  const { make, end, filterSocketsByUser, countSocketsByUser } = KINDS[kind];
  const world = {
    users: { ann: { name: 'ann', role: 'admin' }, bob: { name: 'bob' }, ...users },
    ended: new Set(),
  };
  world.authorizer = make(world, options);
  const server = http.createServer();
  const io = serve(version, server, settings?.(world.authorizer));
  prepare(io, world.authorizer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    await io.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${server.address().port}`;

  const visit = (name, { namespace = '/', ...more } = {}) =>
    connect(t, url + namespace, { version, cookie: name && cookieOf(name), ...more });
  /** As `visit`, with the socket on the server. */
  const enter = async (name, { namespace = '/', ...more } = {}) => {
    const arrived = new Promise((resolve) => io.of(namespace).once('connection', resolve));
    const client = await visit(name, { namespace, ...more });
    return { ...client, there: await arrived };
  };
  const endOf = (name, there) => end(world, name, there);
  return { ...world, io, url, visit, enter, end: endOf, filterSocketsByUser, countSocketsByUser };
}

function guard(io, authorizer) {
  io.use(authorizer);
  greet(io);
}

function greet(namespace) {
  namespace.on('connection', (socket) => socket.emit('welcome', socket.request.user?.name ?? 'a stranger'));
}

module.exports = { KINDS, greet, startKind };
