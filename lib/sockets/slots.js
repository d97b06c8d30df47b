'use strict';

const native = require('../addon');

/**
 * On a socket: undefined before it is authorized, and after it has left; the UserIndex that expects it, until it is
 * connected; BEING_READ while the properties of its user are read; then its slot in the registry.
 */
const SLOT = Symbol('passport-socketio-native: slot');
const BEING_READ = Object.freeze({});
/** Instead of a slot: the socket is not in the registry. Rust owns the number. */
const { noSlot: NO_SLOT } = native.indexLayout();

function slotOf(socket) {
  const slot = socket?.[SLOT];
  return typeof slot === 'number' ? slot : NO_SLOT;
}

/** The slots of a shorter list are read as fast as they are compared. */
const WORTH_REMEMBERING = 64;

/**
 * The slots of the sockets in a list. Reading a slot touches the socket, which is most of the cost of a filter. So the
 * slots of an array are kept as long as the array lives, and its sockets are only compared when it is given again.
 */
class SlotLists {
  #known = new WeakMap();

  /**
   * @param {object[]} list
   * @param {object[]} sockets - by slot
   * @returns {Uint32Array} a slot for each, or NO_SLOT
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
 * The list and the registry may have changed since. `Object.is` compares references only; `===` touches the objects too,
 * for NaN, and takes three times as long for 100,000 sockets.
 */
function refresh(slots, list, sockets) {
  for (let i = 0; i < list.length; i++) {
    if (slots[i] === NO_SLOT || !Object.is(sockets[slots[i]], list[i])) slots[i] = slotOf(list[i]);
  }
  return slots;
}

module.exports = { SLOT, BEING_READ, NO_SLOT, SlotLists, slotOf };
