'use strict';

const { essenceOf, isContainer, jsonOf } = require('../sessions/watch/identity');
const { slots } = require('./slots');

/**
 * On a socket: undefined where nothing is watched; what is Expected of its session, until it is connected; then its slot.
 * Where several authorizers let it in, an array of these. Nothing has to be released for a socket that never connects.
 */
const LIVE = Symbol('passport-socketio-native: live session');

/** The session by which an authorizer has let a socket in, and the user that was in it. */
class Expected {
  #key;
  #json;

  /** @param {import('./index').LiveSessions} live - of the authorizer */
  constructor(live, id, userKey) {
    this.live = live;
    this.id = id;
    const essence = essenceOf(userKey);
    // The app may change an object. The JSON of anything else is made when the socket is connected: most are refused before.
    if (isContainer(essence)) this.#json = jsonOf(essence);
    else this.#key = essence;
  }

  get identity() {
    return this.#json ?? jsonOf(this.#key);
  }
}

/**
 * A socket is about to be authorized. The property is added now: V8 learns the size of sockets from the first few, and a
 * property that is added later goes into an array beside the object (40 bytes instead of 8).
 */
function announce(socket) {
  if (!(LIVE in socket)) socket[LIVE] = undefined;
}

/**
 * What one authorizer has noted on a socket.
 * @returns {Expected | number | undefined}
 */
function markOf(socket, live) {
  const mark = socket[LIVE];
  if (mark === undefined) return undefined;
  if (Array.isArray(mark)) return mark.find((each) => ownerOf(each) === live);
  return ownerOf(mark) === live ? mark : undefined;
}

/** Notes it instead of what there was; undefined removes it. */
function putMark(socket, live, mark) {
  const before = socket[LIVE];
  const isOnlyOne = before === undefined || (!Array.isArray(before) && ownerOf(before) === live);
  if (isOnlyOne) {
    socket[LIVE] = mark;
    return;
  }
  const marks = marksOf(socket).filter((each) => ownerOf(each) !== live);
  if (mark !== undefined) marks.push(mark);
  socket[LIVE] = marks.length > 1 ? marks : marks[0];
}

/** Visits all that authorizers have noted on a socket, which may change meanwhile. Most sockets have one note, or none. */
function eachMark(socket, visit) {
  const marks = socket[LIVE];
  if (marks === undefined) return;
  if (Array.isArray(marks)) for (const mark of marks) visit(mark);
  else visit(marks);
}

/** The same as a list. */
function marksOf(socket) {
  const marks = socket[LIVE];
  if (marks === undefined) return [];
  return Array.isArray(marks) ? marks : [marks];
}

/** The slot has to be taken still. */
function ownerOf(mark) {
  return typeof mark === 'number' ? slots.ownerOf(mark) : mark.live;
}

module.exports = { Expected, announce, eachMark, markOf, ownerOf, putMark };
