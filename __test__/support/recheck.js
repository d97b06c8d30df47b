'use strict';

const { authorize } = require('../..');
const { FakeNamespace, admit, enter } = require('./index-sockets');
const { startIndexed } = require('./index-app');
const { SECRET, cookieOf, passportOf } = require('./visit');

/** A namespace whose sockets can join rooms, as those of Socket.IO 3 and 4 do. */
class RoomyNamespace extends FakeNamespace {
  adapter = { sids: new Map() };
}

/** The rooms of a socket of it. */
function roomsOf({ id, nsp }) {
  return [...(nsp.adapter.sids.get(id) ?? [])];
}

/** A socket with this cookie that is not connected. */
function socketOf(namespace, cookie, more) {
  const id = `${cookie} ${Math.random()}`;
  const rooms = new Set();
  namespace.adapter.sids.set(id, rooms);
  return {
    id,
    nsp: namespace,
    request: { headers: { cookie }, ...more },
    data: {},
    join: (room) => rooms.add(room),
    leave: (room) => rooms.delete(room),
  };
}

/**
 * An authorizer over sessions in memory, which tests change: the session `ann` has the user `{ id: 'ann', … }` of `users`.
 * Once `store.isSlow`, each answer waits in `store.asked`.
 */
function sessionsWith(options = {}) {
  const sessions = { ann: sessionOf('ann'), bob: sessionOf('bob') };
  const users = {};
  const store = {
    isSlow: false,
    asked: [],
    error: undefined,
    get(sid, done) {
      const answer = () => done(store.error, sessions[sid]);
      if (store.isSlow) store.asked.push(answer);
      else answer();
    },
  };
  const passport = passportOf((key, done) =>
    done(null, users[key] === null ? null : { id: key, ...users[key] }),
  );
  const given = { secret: SECRET, store, passport, ...options };
  return { sessions, users, store, given };
}

/** The same, with a namespace; `connect(sid)` gives a connected socket. */
function rechecked(options) {
  const { given, ...world } = sessionsWith(options);
  const authorizer = authorize(given);
  const namespace = new RoomyNamespace();
  const connect = (sid, more) => {
    const socket = socketOf(namespace, cookieOf(sid), more);
    const error = admit(authorizer, socket);
    if (error) throw error;
    return enter(socket);
  };
  return { ...world, given, authorizer, namespace, connect };
}

/** The same on a Socket.IO server. `connect(sid)` gives the socket on the server and that of the client. */
async function startRechecked(t, { options, ...setup } = {}) {
  const { given, ...world } = sessionsWith(options);
  const started = await startIndexed(t, { options: given, ...setup });
  const connect = async (sid, { namespace = '/', ...more } = {}) => {
    const there = new Promise((resolve) => started.io.of(namespace).once('connection', resolve));
    const client = await started.visit(sid, { namespace, ...more });
    return { ...client, there: await there };
  };
  return { ...started, ...world, connect };
}

function sessionOf(user) {
  return { passport: { user } };
}

module.exports = { RoomyNamespace, rechecked, roomsOf, sessionOf, sessionsWith, socketOf, startRechecked };
