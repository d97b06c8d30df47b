'use strict';

const { contenderOf } = require('../contenders');
const { CpuClock } = require('../support/cpu');
const { serve } = require('../support/process');
const { check } = require('./check');
const { calibrate, cycle, round } = require('./harness');
const { middlewareOf } = require('./middleware');
const { FakeNamespace, FakeSocket } = require('./sockets');
const { visitorsOf } = require('./visitors');

/**
 * The process of one contender. Its parent sends the tasks. Each contender has a process of its own, as an app has one
 * authorizer: in a shared process each would collect the garbage of the one before, and object shapes of one would slow
 * down the others.
 */
const [key, url, checkout] = process.argv.slice(2);
const contender = contenderOf(key);
const namespace = new FakeNamespace();
const clock = new CpuClock();
let middleware;
/** By kind: gives one after the other. */
let visitors;

const tasks = {
  /** Opens the contender, and makes visitors of these kinds for sessions that exist. */
  async open({ sessions, kinds }) {
    const opened = await contender.open({ url, checkout });
    middleware = middlewareOf(opened);
    const { isToken } = contender;
    const lists = kinds.map((kind) => [kind, visitorsOf(kind, { count: sessions, isToken })]);
    visitors = Object.fromEntries(lists.map(([kind, list]) => [kind, cycle(list)]));
    const [, somebody] = lists[0];
    await opened.settle?.(
      () => new Promise((resolve) => middleware(new FakeSocket(somebody[0], namespace), resolve)),
    );
  },
  check: ({ sessions }) => check(contender, middleware, { sessions, url, namespace }),
  calibrate: ({ mode, roundMs }) => calibrate(workFor(mode), roundMs),
  round: ({ mode, count }) => round(workFor(mode), count),
  memory: () => process.memoryUsage(),
};

/** @returns {import('./harness').Work} */
function workFor({ kind, inFlight }) {
  const accepts = kind === 'valid' || contender.role === 'no-auth';
  return {
    clock,
    middleware,
    nextVisitor: visitors[kind],
    // Whoever looks nothing up answers in the call: no two are ever in flight.
    inFlight: contender.isToken ? 1 : inFlight,
    accepts,
    namespace,
    connects: contender.connects ?? false,
  };
}

serve(tasks);
