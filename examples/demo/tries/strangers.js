'use strict';

const { answer, connect } = require('../client');
const { cookieNamed, forged } = require('../cookies');
const { inMs } = require('./words');

/** Somebody who has never logged in. */
async function noCookie(demo, _request, title) {
  const seen = await knock(demo, title);
  return {
    ...seen,
    ok: seen.code === 'NO_COOKIE',
    steps: ['A client connected and sent no cookie.', ...seen.steps],
  };
}

/** Somebody who knows a session id, and not the secret. */
async function forge(demo, request, title) {
  const cookie = cookieNamed(demo.cookieName, request.headers.cookie);
  const seen = await knock(demo, title, forged(cookie));
  return {
    ...seen,
    ok: seen.code === 'BAD_SIGNATURE',
    steps: [
      'A client connected with your cookie. The session id was yours, the first character of its signature another one.',
      ...seen.steps,
      'The session store was not asked: a signature is checked before.',
    ],
  };
}

/** Connects, and tells what the server has said; `code` and `hint` where it has refused. */
async function knock({ port, refusals }, how, cookie) {
  const part = refusals.play(how);
  const start = performance.now();
  const socket = connect(port, { cookie, headers: part.headers });
  try {
    const { greeted, code, message } = await answer(socket);
    const ms = performance.now() - start;
    if (greeted) return { ms, steps: [`It was let in as ${greeted}, after ${inMs(ms)}.`] };
    const { hint } = part.refusal() ?? {};
    return { ms, code, hint, steps: [`It was refused after ${inMs(ms)}: ${message} (${code}).`] };
  } finally {
    socket.disconnect();
    part.end();
  }
}

module.exports = { noCookie, forge, knock };
