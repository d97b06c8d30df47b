'use strict';

const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const { connect } = require('../support/redis');
const { PREFIX, WEEK, keyOf, textOf, userOf, writeSessions } = require('../support/sessions');
const { serve } = require('../support/process');

/** A process of other clients of the same Redis. Traffic is sent in bursts, this many a second. */
const BURSTS = 100;

let client;
/** Sends what is timed: node-redis keeps commands back until the end of the turn. */
let plain;
let traffic;

const tasks = {
  async open({ url }) {
    client = await connect(url);
    const { hostname, port } = new URL(url);
    plain = net.connect({ host: hostname, port, noDelay: true });
    plain.resume();
  },

  fill: (sessions) => writeSessions(client, sessions),

  /**
   * Deletes sessions, one after the other; or only publishes their numbers, as an app would that tells its nodes of log-outs.
   * @returns {Promise<number[]>} for each, the time just before the command was sent: ms of the monotonic clock, which all
   *   processes of a system share
   */
  async logOut({ indexes, gapMs, publishes = false }) {
    const times = [];
    for (const index of indexes) {
      const command = publishes ? `PUBLISH log-outs ${index}` : `DEL ${keyOf(index)}`;
      times.push(Number(process.hrtime.bigint()) / 1e6);
      plain.write(`${command}\r\n`);
      await sleep(gapMs);
    }
    return times;
  },

  /** Gives sessions a time at which they end. @returns {Promise<number[]>} that time of each, ms since the epoch */
  async expire({ indexes, inMs, gapMs }) {
    const begin = Date.now() + inMs;
    const times = indexes.map((_, at) => begin + at * gapMs);
    await Promise.all(indexes.map((index, at) => client.pExpireAt(keyOf(index), times[at])));
    return times;
  },

  /** Begins to send commands about random sessions, which are spread over the prefixes. */
  start({ kind, perSecond, from = 0, count, prefixes = [PREFIX] }) {
    traffic = { isOn: true, sent: 0, begun: performance.now() };
    traffic.done = send(traffic, { kind, perSecond, from, count, prefixes });
  },

  /** @returns {Promise<{ seconds: number, perSecond: number }>} */
  async stop() {
    const { sent, begun } = traffic;
    const seconds = (performance.now() - begun) / 1000;
    traffic.isOn = false;
    await traffic.done;
    return { seconds, perSecond: sent / seconds };
  },
};

async function send(state, { kind, perSecond, from, count, prefixes }) {
  const [before, after] = textOf(0).split(userOf(0));
  while (state.isOn) {
    // As many as are due by now: timers are late.
    const due = Math.floor(((performance.now() - state.begun) / 1000) * perSecond);
    const replies = [];
    for (; state.sent < due; state.sent++) {
      const index = from + Math.floor(Math.random() * count);
      const key = keyOf(index, prefixes[index % prefixes.length]);
      if (kind === 'touch') replies.push(client.expire(key, WEEK));
      else replies.push(client.set(key, before + userOf(index) + after, { EX: WEEK }));
    }
    await Promise.all(replies);
    await sleep(1000 / BURSTS);
  }
}

serve(tasks);
