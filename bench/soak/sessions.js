'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

/** A session counts as possibly over so long before its time is, and as possibly there so long after it. */
const EARLY_MS = 100;
const LATE_MS = 1000;
const LONG_MS = 3_600_000;
const SHORT_MS = [300, 1500];
const USERS = ['ann', 'bob'];
/** The last writes of each session, for the report of a difference. */
const REMEMBERED = 5;

/**
 * The sessions in Redis, and a model of them: who is in each, and what may be in it while a write is under way. Each write is
 * told to the visits of its session before it is sent.
 */
class Sessions {
  #admin;
  #random;
  #states = new Map();
  #isPaused = false;

  /** @param {object} admin - a node-redis client that writes */
  constructor(admin, random, count) {
    this.#admin = admin;
    this.#random = random;
    for (let i = 0; i < count; i++) {
      this.#states.set(`sid-${i}`, {
        user: undefined,
        until: 0,
        maybe: undefined,
        visits: new Set(),
        writes: [],
      });
    }
  }

  get sids() {
    return [...this.#states.keys()];
  }

  visitsOf(sid) {
    return this.#states.get(sid).visits;
  }

  /** @returns {Set<string | undefined>} the users who may be in the session now; undefined for nobody */
  possible(sid) {
    const state = this.#states.get(sid);
    const users = new Set(state.maybe);
    if (state.user !== undefined && Date.now() < state.until + LATE_MS) users.add(state.user);
    if (state.user === undefined || mayBeOver(state)) users.add(undefined);
    return users;
  }

  mayBeOver(sid) {
    return mayBeOver(this.#states.get(sid));
  }

  /** What was written last, and when. */
  historyOf(sid) {
    return this.#states.get(sid).writes.join('; ');
  }

  logInAll() {
    return Promise.all(this.sids.map((sid) => this.#write(sid, this.#logIn())));
  }

  /** Changes a session at random, unless a change is under way. */
  change(sid) {
    if (this.#isPaused || this.#states.get(sid).maybe !== undefined) return;
    const dice = this.#random.below(100);
    if (dice < 62) this.#write(sid, this.#logIn());
    else if (dice < 72) this.#write(sid, { text: textOf(undefined), until: Date.now() + LONG_MS });
    else if (dice < 77) this.#write(sid, { text: 'no JSON', until: Date.now() + LONG_MS });
    else if (dice < 92) this.#write(sid, { text: undefined, until: 0 });
    else this.#touch(sid);
  }

  #logIn() {
    const user = this.#random.pick(USERS);
    const [shortest, longest] = SHORT_MS;
    const isShort = this.#random.chance(20);
    const ms = isShort ? shortest + this.#random.below(longest - shortest) : LONG_MS;
    return { user, text: textOf(user), until: Date.now() + ms };
  }

  async #write(sid, { user, text, until }) {
    const state = this.#begin(sid, [user], until);
    try {
      if (text === undefined) await this.#admin.unlink(keyOf(sid));
      else await this.#admin.set(keyOf(sid), text, { PXAT: until });
      this.#settle(state, user, until);
    } catch {
      await this.#readAgain(sid, state);
    }
  }

  /** Only a session that is there gets a longer life. */
  async #touch(sid) {
    const before = this.#states.get(sid);
    const { user } = before;
    const until = Date.now() + LONG_MS;
    const state = this.#begin(sid, [user, undefined], before.until);
    try {
      const isThere = await this.#admin.pExpireAt(keyOf(sid), until);
      this.#settle(state, isThere ? user : undefined, isThere ? until : 0);
    } catch {
      await this.#readAgain(sid, state);
    }
  }

  /** Redis has failed in the middle of a write: only Redis knows what became of it. */
  async #readAgain(sid, state) {
    for (;;) {
      try {
        const [text, ttl] = await this.#admin.multi().get(keyOf(sid)).pTTL(keyOf(sid)).exec();
        this.#settle(state, userIn(text), text === null ? 0 : Date.now() + ttl);
        return;
      } catch {
        await sleep(20);
      }
    }
  }

  #begin(sid, users, until) {
    const state = this.#states.get(sid);
    state.maybe = users;
    state.maybeUntil = until;
    note(state, `${users.map(nameOf).join(' or ')} sent`);
    this.#tell(state, users);
    return state;
  }

  #tell(state, users) {
    const isOver = mayBeOver(state);
    for (const visit of state.visits) {
      for (const user of users) visit.saw(user);
      if (isOver) visit.saw(undefined);
    }
  }

  /** The old time may have been over before Redis had the write. */
  #settle(state, user, until) {
    this.#tell(state, [user]);
    Object.assign(state, { user, until, maybe: undefined });
    note(state, `${nameOf(user)} until ${timeOf(until)} written`);
  }

  /** Ends all sessions at once by an action on Redis. Nothing is written meanwhile. */
  async endAll(action) {
    this.#isPaused = true;
    await this.idle();
    for (const sid of this.sids) this.#begin(sid, [undefined], 0);
    await action();
    for (const state of this.#states.values()) this.#settle(state, undefined, 0);
    this.#isPaused = false;
  }

  /** Resolves when no write is under way. */
  async idle() {
    while ([...this.#states.values()].some(({ maybe }) => maybe !== undefined)) await sleep(5);
  }
}

/** The server may have a write that is under way before this process hears of it. */
function mayBeOver({ until, maybe, maybeUntil }) {
  return Date.now() > Math.min(until, maybe === undefined ? until : maybeUntil) - EARLY_MS;
}

function note({ writes }, text) {
  writes.push(`${timeOf(Date.now())} ${text}`);
  if (writes.length > REMEMBERED) writes.shift();
}

function nameOf(user) {
  return user ?? 'nobody';
}

/** @returns {string} `12:00:00.000` */
function timeOf(ms) {
  return new Date(ms).toISOString().slice(11, 23);
}

function keyOf(sid) {
  return `sess:${sid}`;
}

function textOf(user) {
  return JSON.stringify({ cookie: {}, passport: user === undefined ? {} : { user } });
}

function userIn(text) {
  try {
    return JSON.parse(text).passport.user;
  } catch {
    return undefined;
  }
}

module.exports = { Sessions, nameOf, timeOf };
