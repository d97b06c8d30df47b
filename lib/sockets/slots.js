'use strict';

/**
 * On a socket: undefined before it is authorized, and after it has left; the Membership that awaits it, until it is
 * connected; BEING_READ while its user is; then its slot in the index.
 */
const MEMBER = Symbol('passport-socketio-native: member');
const BEING_READ = Object.freeze({});
/** In place of a slot: the socket is no member. */
const NO_MEMBER = 0xffffffff;

function slotOf(socket) {
  const slot = socket?.[MEMBER];
  return typeof slot === 'number' ? slot : NO_MEMBER;
}

/** A list this short is read as fast as it is remembered. */
const WORTH_REMEMBERING = 64;

/**
 * The slots of the sockets in a list. To read a slot each socket has to be touched, which is most of what a filter costs;
 * so the slots of an array are kept for as long as it lives. When it comes again its sockets are only compared.
 */
class SlotLists {
  #known = new WeakMap();

  /**
   * @param {object[]} list
   * @param {object[]} sockets - by slot
   * @returns {Uint32Array} a slot for each, or NO_MEMBER
   */
  read(list, sockets) {
    const known = this.#known.get(list);
    if (known?.length === list.length) return refresh(known, list, sockets);
    const slots = new Uint32Array(list.length);
    for (let i = 0; i < list.length; i++) slots[i] = slotOf(list[i]);
    if (list.length >= WORTH_REMEMBERING) this.#known.set(list, slots);
    return slots;
  }
}

/**
 * The list may have been changed since, and so may the sockets. `===` would touch them too, since what is NaN does not equal
 * itself: for 100,000 it takes three times as long.
 */
function refresh(slots, list, sockets) {
  for (let i = 0; i < list.length; i++) {
    if (slots[i] === NO_MEMBER || !Object.is(sockets[slots[i]], list[i])) slots[i] = slotOf(list[i]);
  }
  return slots;
}

module.exports = { MEMBER, BEING_READ, NO_MEMBER, SlotLists, slotOf };
