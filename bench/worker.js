'use strict';

const { check } = require('./check');
const { contenders } = require('./contenders');
const { CpuClock } = require('./cpu');
const { FakeNamespace, calibrate, cycle, round, socketOf } = require('./harness');
const { liveContenders } = require('./live-contenders');
const { serve } = require('./process');
const { ANONYMOUS } = require('./sessions');

/**
 * The process of one contender. Its parent sends the tasks. Each contender has a process of its own, as an app has one
 * authorizer: in a shared process each would collect the garbage of the one before, and object shapes of one would slow
 * down the others.
 */
const [key, url] = process.argv.slice(2);
const contender = [...contenders, ...liveContenders].find((one) => one.key === key);
/** For contenders whose sockets have to connect. */
const namespace = contender.connects ? new FakeNamespace() : undefined;
const clock = new CpuClock();
let middleware;
let cookies;

const tasks = {
  async prepare({ visitors }) {
    middleware = await contender.connect(url);
    cookies = {
      valid: cycle(visitors.map(({ valid }) => valid)),
      forged: cycle(visitors.map(({ forged }) => forged)),
      none: cycle([ANONYMOUS]),
    };
    if (contender.role === 'empty') return undefined;
    await contender.settle?.(middleware, visitors[0].valid);
    return check(contender, middleware, visitors, url, (cookie) => socketOf(cookie, namespace));
  },
  calibrate: ({ mode, roundMs }) => calibrate(workFor(mode), roundMs),
  round: ({ mode, count }) => round(workFor(mode), count),
};

function workFor({ cookie, inFlight }) {
  const accepts = cookie === 'valid' || contender.role === 'empty';
  return { clock, middleware, nextCookie: cookies[cookie], inFlight, accepts, namespace };
}

serve(tasks);
