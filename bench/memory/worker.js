'use strict';

const { FakeNamespace, FakeSocket } = require('../authorization/sockets');
const { cycle, round } = require('../authorization/harness');
const { middlewareOf } = require('../authorization/middleware');
const { visitorsOf } = require('../authorization/visitors');
const { contenderOf } = require('../contenders');
const { CpuClock } = require('../support/cpu');
const { Crowd } = require('../support/crowd');
const { collect, known, outside } = require('../support/heap');
const { serve } = require('../support/process');
const { sidOf } = require('../support/sessions');

/** Sockets that connect at a time. */
const BATCH = 1000;
/** So many look-ups ours may have under way: more than are begun here. */
const PENDING = 1_000_000;
/** More than any of the promises need to get to a look-up. */
const MICROTASKS = 100;

/** The process of one contender, for one figure. */
const [key, url, checkout] = process.argv.slice(2);
const contender = contenderOf(key);
const namespace = new FakeNamespace();
let opened;
let middleware;
/** What must not be collected before it is measured. */
let kept;

const tasks = {
  async open({ sessions, warmUp }) {
    opened = await contender.open({ url, checkout, options: { maxPending: PENDING } });
    middleware = middlewareOf(opened);
    const visitors = visitorsOf('valid', { count: sessions, isToken: contender.isToken });
    kept = { nextVisitor: cycle(visitors) };
    const somebody = () =>
      new Promise((resolve) => middleware(new FakeSocket(visitors[0], namespace), resolve));
    await opened.settle?.(somebody);
    // What the first authorizations bring forth stays.
    await drive(warmUp);
    await collect();
  },

  /**
   * Bytes of a look-up that is under way, beside its socket: so many are begun in one turn, and measured before the next.
   * @returns {{ known: number, outside: number }} in V8's heap, and of the rest of the process
   */
  async pending({ count }) {
    const sockets = Array.from({ length: count }, () => new FakeSocket(kept.nextVisitor(), namespace));
    await collect();
    const before = { known: known(), outside: outside() };
    let answered = 0;
    let onAll;
    const refusals = [];
    for (const socket of sockets) {
      middleware(socket, (error) => {
        if (error) refusals.push(error);
        if (++answered === count) onAll();
      });
    }
    // Engine.IO runs middlewares in promises: let these go on, and nothing arrive from the network.
    for (let turn = 0; turn < MICROTASKS; turn++) await null;
    const early = answered;
    globalThis.gc();
    const after = { known: known(), outside: outside() };
    await new Promise((resolve) => (onAll = resolve));
    if (early > 0) throw new Error(`${early} were answered too early`);
    if (refusals.length > 0) throw new Error(`${refusals.length} refused`, { cause: refusals[0] });
    if (sockets.some(({ request, visitor }) => request.user.id !== visitor.key))
      throw new Error('the wrong user');
    return {
      known: (after.known - before.known) / count,
      outside: (after.outside - before.outside) / count,
    };
  },

  /** Bytes in V8's heap of a connected socket of a real Socket.IO server, all included. */
  async socket({ count, sessions }) {
    const crowd = new Crowd();
    const root = crowd.io.of('/');
    kept = crowd;
    if (opened.middleware) crowd.io.use(opened.middleware);
    crowd.io.on('connection', (socket) => socket.on('disconnect', () => {}));
    await collect();
    const before = known();
    for (let start = 0; start < count; start += BATCH) {
      const sids = Array.from({ length: BATCH }, (_, at) => sidOf((start + at) % sessions));
      await crowd.connect(root, sids);
      while (root.sockets.size < start + BATCH) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await collect();
    return (known() - before) / root.sockets.size;
  },

  /** Resident bytes after each of several series of authorizations. */
  async steady({ series, count }) {
    const figures = [];
    for (let at = 0; at < series; at++) {
      await drive(count);
      await collect();
      figures.push(process.memoryUsage().rss);
    }
    return figures;
  },
};

function drive(count) {
  const { nextVisitor } = kept;
  const clock = new CpuClock();
  return round({ clock, middleware, nextVisitor, inFlight: 64, accepts: true, namespace }, count);
}

serve(tasks);
