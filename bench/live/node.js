'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { Passport } = require('passport');
const { authorize } = require('../..');
const { ShareClock } = require('../support/cpu');
const { Crowd } = require('../support/crowd');
const { collect, known } = require('../support/heap');
const { connect, trackedKeys } = require('../support/redis');
const { serve } = require('../support/process');
const { SECRET, indexOf, sidOf } = require('../support/sessions');

/** The process of an app: a Socket.IO server whose clients are all logged in. Only the transports lead nowhere. */
const crowd = new Crowd();
const namespace = crowd.io.of('/');
const clock = new ShareClock('passport-socketio');
/** Clients that connect at a time. */
const BATCH = 1000;

let redis;
let ends = [];

const tasks = {
  async open({ url, isLive = true }) {
    const passport = new Passport();
    passport.deserializeUser((id, done) => done(null, { id }));
    crowd.io.use(
      authorize({ secret: SECRET, redis: url, passport, onSessionEnd: isLive ? onSessionEnd : undefined }),
    );
    redis = await connect(url);
    const subscriber = await connect(url);
    await subscriber.subscribe('log-outs', (index) => note({ index: Number(index), reason: 'published' }));
  },

  /** Clients connect with the sessions from `from` to `from + count`, until the server would tell of each change. */
  async connect({ from = 0, count, tracked }) {
    for (let start = from; start < from + count; start += BATCH) {
      const size = Math.min(BATCH, from + count - start);
      const wanted = namespace.sockets.size + size;
      await crowd.connect(
        namespace,
        Array.from({ length: size }, (_, at) => sidOf(start + at)),
      );
      await until(() => namespace.sockets.size === wanted);
    }
    if (tracked !== undefined) await until(async () => (await trackedKeys(redis)) >= tracked);
  },

  /** The ends since the last call, when there are `count`. */
  async ends({ count }) {
    await until(() => ends.length >= count);
    const taken = ends;
    ends = [];
    return taken;
  },

  /** The shares of a core that the threads use for so many milliseconds. */
  async shares({ ms }) {
    const before = clock.read();
    await sleep(ms);
    return clock.since(before);
  },

  /** Bytes a socket, of all that V8 knows. */
  async heap() {
    await collect();
    return known() / namespace.sockets.size;
  },
};

function onSessionEnd(socket, reason) {
  note({ index: indexOf(socket.request.user.id), reason });
  socket.disconnect(true);
}

function note(end) {
  ends.push({ ...end, monotonic: Number(process.hrtime.bigint()) / 1e6, wall: Date.now() });
}

/** A limit for what takes seconds at most. */
async function until(isSo) {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`never: ${isSo}`);
    await sleep(5);
  }
}

serve(tasks);
