'use strict';

/** On a socket: the first Choice of a linked list. Mostly it is the only one. */
const ROOMS = Symbol('passport-socketio-native: rooms');
const NONE = Object.freeze([]);

/** The rooms that the option `rooms` of one authorizer chose for a socket. */
class Choice {
  /** @type {string[] | undefined} the rooms to be in once the socket is connected; undefined where that is done */
  due = undefined;
  /** Names of the rooms that it has joined for this choice. A room in which the app had put it before is none of them. */
  joined = NONE;
  /** @type {Choice | undefined} */
  next = undefined;

  constructor(owner) {
    this.owner = owner;
  }
}

/**
 * A socket joins its rooms when it is connected, before the app's `connection` handlers run. It does not join at once: a
 * later middleware may refuse the socket, and a room joined before that keeps it for ever (Socket.IO up to 2.4.1, and
 * 3.0 to 4.5.1). Until then `success` may also refuse the user.
 * @param {import('./join').Joiner} owner - of the authorizer; a namespace may have several
 * @param {string[]} names
 */
function joinWhenConnected(socket, owner, names) {
  if (names.length === 0) {
    const choice = choiceOf(socket, owner);
    if (choice) choice.due = names;
    return;
  }
  (choiceOf(socket, owner) ?? addChoice(socket, owner)).due = names;
  // The app may have removed all listeners.
  if (!socket.nsp.listeners('connect').includes(join)) socket.nsp.prependListener('connect', join);
}

/** There is no user in this property, or not any more. */
function dropRooms(socket, userProperty) {
  for (let choice = socket[ROOMS]; choice; choice = choice.next) {
    if (choice.owner.userProperty === userProperty) moveTo(socket, choice, NONE);
  }
}

/** The socket is connected already. */
function joinNow(socket, owner) {
  const choice = choiceOf(socket, owner);
  if (choice?.due) moveTo(socket, choice, choice.due);
}

/** The option `rooms` was asked again about a connected socket: it leaves the rooms that were chosen before. */
function changeRooms(socket, owner, names) {
  const choice = choiceOf(socket, owner);
  if (choice || names.length > 0) moveTo(socket, choice ?? addChoice(socket, owner), names);
}

function join(socket) {
  for (let choice = socket[ROOMS]; choice; choice = choice.next) {
    if (choice.due) moveTo(socket, choice, choice.due);
  }
}

/** A room that the app has put the socket in, or that another authorizer has chosen too, is not left. */
function moveTo(socket, choice, names) {
  const { joined } = choice;
  choice.due = undefined;
  choice.joined = names.filter(
    (name) => !isIn(socket, name) || joined.includes(name) || isOfOther(socket, choice, name),
  );
  for (const name of joined) {
    if (!names.includes(name) && !isOfOther(socket, choice, name)) socket.leave(name);
  }
  // One by one: Socket.IO 1 takes no list.
  for (const name of names) socket.join(name);
}

function isOfOther(socket, own, room) {
  for (let choice = socket[ROOMS]; choice; choice = choice.next) {
    if (choice !== own && choice.joined.includes(room)) return true;
  }
  return false;
}

/** What the adapter knows at once; `socket.rooms` of Socket.IO 1 and 2 follows later. */
function isIn({ id, nsp }, room) {
  const sids = nsp.adapter?.sids;
  const rooms = sids instanceof Map ? sids.get(id) : sids?.[id];
  return rooms instanceof Set ? rooms.has(room) : rooms !== undefined && Object.hasOwn(rooms, room);
}

function choiceOf(socket, owner) {
  let choice = socket[ROOMS];
  while (choice && choice.owner !== owner) choice = choice.next;
  return choice;
}

/** At the end: rooms are joined in the order in which they were chosen. */
function addChoice(socket, owner) {
  const choice = new Choice(owner);
  let last = socket[ROOMS];
  while (last?.next) last = last.next;
  if (last) last.next = choice;
  else socket[ROOMS] = choice;
  return choice;
}

/**
 * The names in what the option `rooms` returned.
 * @param {unknown} rooms - a room, several, or none
 * @throws {TypeError} for anything else
 */
function namesOf(rooms) {
  if (rooms == null) return [];
  const names = typeof rooms === 'string' || !rooms[Symbol.iterator] ? [rooms] : [...rooms];
  if (names.every((name) => typeof name === 'string' && name !== '')) return names;
  // The rejection of a promise must not end the process.
  if (typeof rooms.then === 'function') rooms.then(undefined, () => {});
  throw new TypeError(
    'authorize(): option rooms must give names of rooms, at once: a string, or an array of them.',
  );
}

module.exports = { changeRooms, dropRooms, joinNow, joinWhenConnected, namesOf };
