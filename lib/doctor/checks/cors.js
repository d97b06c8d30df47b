'use strict';

const { needsEngine } = require('../app');
const { openEngine } = require('../engine');
const { LINKS, notRun, ok, problem } = require('../result');
const { isLoopback } = require('../site');

/** Whether a page at --origin can read polling answers, with cookies. */
async function run(app) {
  const { origin, url } = app;
  if (!origin)
    return notRun('CORS: no page is named', 'Give --origin, the origin of the page that connects.');
  if (origin.origin === url.origin)
    return ok('CORS: the page has the origin of the server, so none is needed');
  if (isLoopback(origin) && isLoopback(url) && origin.hostname !== url.hostname)
    return problem(
      `page and server are two names of this machine, ${origin.hostname} and ${url.hostname}: they share no cookies`,
      'Use one name everywhere.',
      LINKS.setCookie,
    );
  if (origin.protocol === 'https:' && url.protocol === 'http:' && !isLoopback(url))
    return problem(
      'the page is https, and the server http: browsers block that (mixed content)',
      'Give the client the https URL of the server.',
      LINKS.codes,
    );
  needsEngine(app);
  if (app.isPollingOff) return ok('CORS: polling is off, and WebSockets need none');
  return faultOf(await headersFor(app, origin.origin), origin.origin);
}

/** What the handshake tells a page of that origin. Refusals have these headers too. */
async function headersFor(app, origin) {
  const headers = { ...app.handshakeHeaders, origin };
  const session = await openEngine(app.target, { transport: 'polling', protocol: app.protocol, headers });
  const { headers: said } = session.answer ?? session.refused;
  await session.end?.();
  return {
    allowed: said['access-control-allow-origin'],
    hasCredentials: said['access-control-allow-credentials'] === 'true',
  };
}

function faultOf({ allowed, hasCredentials }, origin) {
  const advice = `cors: { origin: '${origin}', credentials: true }`;
  const fault = (what) => problem(`CORS: ${what}`, advice, LINKS.cors);
  if (allowed === undefined) return fault(`pages of ${origin} are not allowed`);
  if (allowed === '*') return fault('the origin is *, and browsers then send no cookies');
  if (allowed !== origin) return fault(`another origin than ${origin} is allowed`);
  if (!hasCredentials)
    return fault('credentials are not allowed, so browsers refuse answers to requests with cookies');
  return ok(`CORS: ${origin} may connect with cookies (the client needs withCredentials: true)`);
}

module.exports = { id: 'cors', headersFor, run };
