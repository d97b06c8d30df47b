'use strict';

const { needsEngine, ofNamespaces } = require('../app');
const { connect } = require('../connect');
const { LINKS, notRun, ok, problem, warning } = require('../result');
const { namesIn } = require('../set-cookie');
const { headersFor } = require('./cors');

/** RFC 2606 keeps this name from everybody. */
const SITE = 'https://another-site.example';
const ADVICE = "Give authorize() the option origin: ['https://your-page…'], or check Origin in allowRequest.";

/**
 * Connections that a page of another site makes in the browser of a user. CORS keeps such a page from neither WebSockets nor
 * scripts (JSONP polling); cookies go along if their SameSite lets them.
 */
const WAYS = {
  websocket: {
    what: 'a WebSocket',
    headers: { origin: SITE, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'websocket' },
    transport: 'websocket',
    isPossible: ({ hasWebSocket }) => hasWebSocket !== false,
  },
  jsonp: {
    what: 'JSONP polling',
    // A script element sends no Origin.
    headers: { referer: `${SITE}/`, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' },
    transport: 'jsonp',
    isPossible: ({ isPollingOff }) => !isPollingOff,
  },
};

async function run(app) {
  needsEngine(app);
  const results = [await corsOf(app)];
  for (const [id, way] of Object.entries(WAYS)) {
    if (!way.isPossible(app)) continue;
    const { headers, transport } = way;
    const what = `${way.what} of a page of another site`;
    const ofWay = await ofNamespaces(app, async (namespace) => {
      const verdict = await connect(app, { namespace, transport, cookie: app.cookie, headers });
      return judged(app, { namespace, verdict, what });
    });
    results.push(...ofWay.map((each) => ({ ...each, id: `foreign/${id}` })));
  }
  return results;
}

async function corsOf(app) {
  const { allowed, hasCredentials } = app.isPollingOff ? {} : await headersFor(app, SITE);
  const isOpen = allowed === SITE && hasCredentials;
  const result = isOpen
    ? harmBy(
        app,
        'CORS: pages of any site may read answers to requests with cookies',
        'Name the pages in cors.origin, in place of true (Socket.IO 2: the option origins).',
      )
    : ok('CORS: pages of other sites do not read answers to requests with cookies');
  return { ...result, id: 'foreign/cors' };
}

function judged(app, { namespace, verdict, what }) {
  if (verdict.isAccepted) return harmBy(app, `${namespace} accepts ${what}`, ADVICE);
  const usual = (app.cookie === undefined ? app.guests : app.users).get(namespace);
  // A refusal for another reason than the usual one is one for the site.
  if (usual?.isAccepted || usual?.reason !== verdict.reason)
    return ok(`${namespace} refuses ${what}: ${verdict.reason}`);
  return notRun(
    `${namespace} refuses ${what}, as it does every visitor like this one: that shows nothing`,
    app.cookie === undefined ? 'Give --cookie of somebody who is logged in.' : undefined,
  );
}

/** A foreign page does harm where the browser sends the session cookie with its requests. */
function harmBy(app, what, advice) {
  const given = namesIn(app.cookie);
  const cookies = app.cookies.filter(({ name }) => given.length === 0 || given.includes(name));
  if (cookies.length === 0) {
    const unknown = `${what}; whether that does harm depends on SameSite of the session cookie, which no page shows`;
    return app.cookie === undefined ? notRun(unknown, advice) : warning(unknown, advice, LINKS.setCookie);
  }
  const [sent] = cookies.filter(({ sameSite }) => sameSite !== 'lax' && sameSite !== 'strict');
  if (sent === undefined) return ok(`${what}, but browsers send no session cookie with it: SameSite`);
  if (sent.sameSite === 'none' && app.cookie !== undefined)
    return problem(`${what}, with the session cookie, which has SameSite=None`, advice, LINKS.setCookie);
  const why = sent.sameSite === 'none' ? 'has SameSite=None' : 'has no SameSite: Safari and Firefox send it';
  return warning(`${what}, and the cookie ${sent.name} ${why}`, advice, LINKS.setCookie);
}

module.exports = { id: 'foreign', parts: ['cors', ...Object.keys(WAYS)], run };
