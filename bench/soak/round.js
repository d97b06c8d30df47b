'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { authorize } = require('../..');
const { SECRET, passportOf } = require('../../__test__/support/visit');
const { FAULTS } = require('./faults');

const CHURN_MS = 1600;
const TICK_MS = 10;
/** How many come in a tick, how many of them stay, and how many sessions change in it. */
const COMING = { sockets: 8, requests: 1, clients: 0.15 };
const STAYING = { sockets: 1000, requests: 150, clients: 15 };
const CHANGES = 3;
/** Everything must be right within this time after a fault. Usually it takes some tens of milliseconds. */
const RIGHT_WITHIN_MS = 20_000;
/** And look-ups must be answered within this. */
const BACK_WITHIN_MS = 10_000;

/** Some seconds of coming, going and changing, in which there is one fault; then the comparison with the model. */
class Round {
  #scene;
  #name;
  #begun = performance.now();
  #faultMs = 0;
  #backMs = 0;
  #settledMs = 0;
  #isOver = false;
  #counts;

  constructor(scene, name) {
    this.#scene = scene;
    this.#name = name;
  }

  async run() {
    const { book } = this.#scene;
    const churn = this.#churn();
    await sleep(CHURN_MS / 4);
    await this.#fault();
    await churn;
    await this.#compare();
    this.#counts = book.takeCounts();
  }

  async #fault() {
    const { book, authorizers } = this.#scene;
    book.trouble += 1;
    const start = performance.now();
    await FAULTS[this.#name](this.#scene);
    const gone = performance.now();
    await Promise.all(
      Object.values(authorizers).map((authorizer) => authorizer.ready({ retryFor: BACK_WITHIN_MS })),
    ).catch((error) => book.differ(`${this.#name}: not back: ${error.message}`));
    book.trouble += 1;
    this.#faultMs = gone - start;
    this.#backMs = performance.now() - gone;
    this.#isOver = true;
  }

  /** At least so long, and until the fault is over. */
  async #churn() {
    const { crowds, sessions, random, redis } = this.#scene;
    const brief = authorize({ secret: SECRET, redis: redis.url, passport: passportOf(), onSessionEnd() {} });
    while (!this.#isOver || performance.now() - this.#begun < CHURN_MS) {
      for (const [kind, crowd] of Object.entries(crowds)) {
        for (let left = COMING[kind]; left > 0; left--)
          if (left >= 1 || random.chance(100 * left)) crowd.come();
        crowd.thin(STAYING[kind]);
      }
      for (let i = 0; i < CHANGES; i++) sessions.change(random.pick(sessions.sids));
      await sleep(TICK_MS);
    }
    brief.close();
  }

  /** When nothing happens any more, exactly those are watched whose session lives. */
  async #compare() {
    const { book, sessions } = this.#scene;
    const start = performance.now();
    await sessions.idle();
    let wrong;
    do {
      await sleep(5);
      wrong = this.#wrong();
    } while (wrong !== undefined && performance.now() - start < RIGHT_WITHIN_MS);
    this.#settledMs = performance.now() - start;
    if (wrong !== undefined) book.differ(`${this.#name}: ${wrong}`);
  }

  /** @returns {string | undefined} what is not as the model has it */
  #wrong() {
    const { crowds, authorizers } = this.#scene;
    const { sockets, requests, clients } = crowds;
    for (const crowd of Object.values(crowds)) {
      for (const visit of crowd.visits) {
        if (visit.state !== 'connected') return `${visit} is still ${visit.state}`;
        if (visit.isWatched && !visit.isRight) return `${visit} should have been told`;
      }
    }
    return (
      differenceOf('native', authorizers.native, [...sockets.visits, ...requests.visits]) ??
      differenceOf('followed', authorizers.followed, [...clients.visits])
    );
  }

  async everybodyLeaves() {
    for (const crowd of Object.values(this.#scene.crowds)) crowd.thin(0);
    await this.#compare();
  }

  summary({ rss, heap, handles, files, threads }) {
    const { authorizers, crowds } = this.#scene;
    const { letIn, refused, storeFailed, ended } = this.#counts;
    const watched = Object.values(authorizers).map((each) => each.stats().watch);
    const sum = (name) => watched.reduce((all, each) => all + each[name], 0);
    const model = Object.values(crowds).flatMap(({ visits }) =>
      [...visits].filter((visit) => visit.isWatched),
    );
    const pending = Object.values(authorizers).reduce((all, each) => all + each.stats().pending, 0);
    return [
      `${this.#name} ${ms(this.#faultMs)}, back after ${ms(this.#backMs)}, right after ${ms(this.#settledMs)}`,
      `let in ${letIn}, refused ${refused} + ${storeFailed}, ended ${ended}`,
      `watched ${sum('sockets')} of ${model.length}, sessions ${sum('sessions')}, pending ${pending}`,
      `RSS ${rss.toFixed(1)}, heap ${heap.toFixed(1)} MB, handles ${handles}, files ${files}, threads ${threads}`,
    ].join(' | ');
  }
}

function differenceOf(name, authorizer, visits) {
  const { pending, watch } = authorizer.stats();
  if (pending !== 0) return `${name}: ${pending} are pending`;
  if (watch === null) return undefined;
  const watched = visits.filter((visit) => visit.isWatched);
  const sessions = new Set(watched.map(({ sid }) => sid)).size;
  if (watch.sockets !== watched.length) return `${name}: ${watch.sockets} are watched, not ${watched.length}`;
  if (watch.sessions !== sessions) return `${name}: ${watch.sessions} sessions are watched, not ${sessions}`;
  return undefined;
}

function ms(duration) {
  return `${duration.toFixed(0)} ms`;
}

module.exports = { Round };
