'use strict';

/** Slots for this many sockets at first. */
const AT_FIRST = 64;

/**
 * The connected sockets whose sessions are watched, of all authorizers, by slot: a small number, by which a session watch
 * names them, natively too. A slot is used again. Its turn tells its sockets apart: an end that is under way for a former
 * socket does not reach the present one.
 *
 * Three arrays and not an object for each socket: 28 bytes a socket, with its mark, of 100,000.
 */
class Slots {
  #sockets = [];
  #owners = [];
  #turns = new Uint32Array(AT_FIRST);
  #free = [];

  /** @param {object} owner - the LiveSessions of the authorizer that has let the socket in */
  take(socket, owner) {
    const slot = this.#free.length > 0 ? this.#free.pop() : this.#sockets.length;
    if (slot >= this.#turns.length) {
      const turns = new Uint32Array(2 * this.#turns.length);
      turns.set(this.#turns);
      this.#turns = turns;
    }
    this.#sockets[slot] = socket;
    this.#owners[slot] = owner;
    return slot;
  }

  release(slot) {
    this.#sockets[slot] = undefined;
    this.#owners[slot] = undefined;
    this.#turns[slot] += 1;
    this.#free.push(slot);
  }

  turnOf(slot) {
    return this.#turns[slot];
  }

  ownerOf(slot) {
    return this.#owners[slot];
  }

  /** The socket that has this slot in this turn. */
  socketAt(slot, turn) {
    return this.#turns[slot] === turn ? this.#sockets[slot] : undefined;
  }

  /** The slots of an owner, each with its turn: reads all slots. */
  slotsOf(owner) {
    const found = [];
    for (let slot = 0; slot < this.#owners.length; slot++) {
      if (this.#owners[slot] === owner) found.push({ slot, turn: this.#turns[slot] });
    }
    return found;
  }

  /** The sockets of a namespace, or of an owner: reads all slots. */
  socketsOf({ namespace, owner }) {
    return this.#sockets.filter(
      (socket, slot) => socket !== undefined && (socket.nsp === namespace || this.#owners[slot] === owner),
    );
  }
}

/** One for all authorizers of this JavaScript environment. */
const slots = new Slots();

module.exports = { slots };
