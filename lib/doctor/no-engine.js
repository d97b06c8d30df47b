'use strict';

const { openEngine } = require('./engine');
const { LINKS, UPGRADE_ADVICE, problem } = require('./result');
const { isTooLarge, refusedBy } = require('./connect');

/** Engine.IO's code for polling where the server has WebSockets alone. */
const TRANSPORT_UNKNOWN = 0;
const DEFAULT_PATH = '/socket.io/';

/** What an answer means that is none of Engine.IO, by its status. */
async function whyNoEngine(app, answer) {
  const { origin, path } = app.target;
  const { status, headers } = answer;
  const what = `${origin}${path} answers ${status}${typeOf(headers)}, and no Engine.IO handshake`;
  if (status >= 300 && status < 400) return redirected(what, headers.location);
  if (status === 426)
    return problem(
      `${what}: it is a plain WebSocket server`,
      'Give the URL of the Socket.IO server.',
      LINKS.codes,
    );
  if (isTooLarge(refusedBy(answer)))
    return problem(`${what}: the headers are too large`, 'Fewer and smaller cookies.', LINKS.codes);
  if (status >= 500) return problem(what, 'The proxy does not reach the app: is it running?', LINKS.proxy);
  if (refusedBy(answer).engineCode === TRANSPORT_UNKNOWN)
    return problem(
      `${origin}${path} answers, but polling is off and no WebSocket opens`,
      UPGRADE_ADVICE,
      LINKS.proxy,
    );
  if (path !== DEFAULT_PATH && (await answersAt(app, DEFAULT_PATH)))
    return problem(`${what}; but ${DEFAULT_PATH} does`, 'Give server and client the same path.', LINKS.codes);
  if (isHtml(headers))
    return problem(
      what,
      "Give server and client the same path. A development server in front (Vite, CRA) needs a proxy rule: '/socket.io': { target, ws: true }.",
      LINKS.codes,
    );
  return problem(
    `${what}: ${refusedBy(answer).reason}`,
    'Give server and client the same path.',
    LINKS.codes,
  );
}

function redirected(what, location = 'elsewhere') {
  return problem(
    `${what}: it redirects to ${location.startsWith('https:') ? 'https' : 'another URL'}`,
    'Give the client the URL that it redirects to: WebSockets follow no redirects.',
    LINKS.codes,
  );
}

async function answersAt({ target }, path) {
  try {
    const session = await openEngine({ ...target, path }, { transport: 'polling', protocol: 4 });
    await session.end?.();
    return session.opened !== undefined;
  } catch {
    return false;
  }
}

function isHtml(headers) {
  return /html/.test(headers['content-type'] ?? '');
}

function typeOf(headers) {
  return isHtml(headers) ? ' (a page)' : '';
}

module.exports = { TRANSPORT_UNKNOWN, whyNoEngine };
