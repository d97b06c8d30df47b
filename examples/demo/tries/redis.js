'use strict';

const { cookieNamed } = require('../cookies');
const { knock } = require('./strangers');
const { cannot, count, inMs } = require('./words');

const READY_WITHIN_MS = 10_000;

async function redisStop(demo, request, title) {
  const { redis } = demo.sessions;
  if (!redis) return cannot(notOurs(demo.sessions));
  const start = performance.now();
  if (!(await redis.stop())) return cannot('Redis is stopped already.');
  const ms = performance.now() - start;
  const seen = await knock(demo, title, cookieNamed(demo.cookieName, request.headers.cookie));
  return {
    ...seen,
    ok: true,
    ms,
    steps: [
      `Redis has ended, after ${inMs(ms)}. What it had is on its disk.`,
      `${sockets(demo)} connected all the same: nobody is ended while nobody can tell.`,
      'A client connected with your cookie.',
      ...seen.steps,
    ],
  };
}

async function redisStart(demo) {
  const { sessions, chat } = demo;
  if (!sessions.redis) return cannot(notOurs(sessions));
  const start = performance.now();
  if (!(await sessions.redis.start())) return cannot('Redis runs already.');
  const started = performance.now();
  // Two connections: the authorizer's own, and that of the session store.
  await Promise.all([chat.authorizer.ready({ retryFor: READY_WITHIN_MS }), sessions.ready()]);
  const ms = performance.now() - started;
  return {
    ok: true,
    ms,
    steps: [
      `Redis runs again, on the same port and with the data that it had, after ${inMs(started - start)}.`,
      `${inMs(ms)} later sessions can be looked up again, without a restart of the app.`,
      `${sockets(demo)} connected.`,
    ],
  };
}

function sockets({ chat }) {
  const number = chat.present().reduce((sum, person) => sum + person.sockets, 0);
  return `${count(number, 'socket')} ${number === 1 ? 'is' : 'are'} still`;
}

function notOurs({ inRedis, description }) {
  return inRedis
    ? `This is not the demo's own Redis, so it is left alone: ${description}.`
    : `There is no Redis: sessions are ${description}.`;
}

module.exports = { redisStop, redisStart };
