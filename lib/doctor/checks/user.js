'use strict';

const { needsEngine, ofNamespaces } = require('../app');
const { connect, isTooLarge } = require('../connect');
const { LINKS, notRun, ok, problem } = require('../result');
const { missing } = require('./guests');

/** The cookie that is given: whether each namespace knows who it belongs to. */
async function run(app) {
  if (app.cookie === undefined)
    return notRun(
      'no cookie is given, so nobody has connected as a user',
      "Give the cookie of somebody who is logged in: --cookie 'name=value', or --cookie-file -.",
    );
  needsEngine(app);
  return ofNamespaces(app, async (namespace) => {
    const verdict = await connect(app, { namespace, cookie: app.cookie });
    app.users.set(namespace, verdict);
    return missing(app, namespace, verdict) ?? resultOf(namespace, verdict, app.guests.get(namespace));
  });
}

function resultOf(namespace, { isAccepted, reason, status }, guest) {
  if (isAccepted && guest?.isAccepted !== false)
    return notRun(`${namespace} accepts the cookie, as it does a visitor without one: that shows nothing`);
  if (isAccepted) return ok(`${namespace} accepts the cookie`);
  if (isTooLarge({ status, reason }))
    return problem(`the cookies are too large: ${status}`, 'Fewer and smaller cookies.', LINKS.setCookie);
  return problem(`${namespace} refuses the cookie: ${reason}`, adviceFor(reason), linkFor(reason));
}

/** By the codes of authorize(); other libraries say it in words. */
const ADVICE = [
  [
    /^NO_COOKIE$|no cookie/i,
    'The option key must be the name that express-session has, and the name in --cookie too.',
  ],
  [/^COOKIE_NOT_SIGNED$/, 'Give --cookie as the browser has it, percent-encoding included, and compare key.'],
  [/^BAD_SIGNATURE$|signature/i, 'Give authorize() the same secret as express-session.'],
  [
    /^SESSION_NOT_FOUND$|no session/i,
    'Is the log-in still valid? Else give authorize() the same store, prefix and database as express-session.',
  ],
  [
    /^(PASSPORT_NOT_INITIALIZED|NOT_LOGGED_IN)$|not initialized|not authorized|unauthorized/i,
    'Give the cookie of somebody who is logged in. Else the app has another instance of Passport.',
  ],
  [
    /^(USER_NOT_FOUND|DESERIALIZE_\w+)$|deserialize/i,
    'Look at deserializeUser, and at the log of the server.',
  ],
  [
    /^ORIGIN_/,
    "Add the page's origin, scheme and port included, to the option origin; without --origin the doctor names no page.",
  ],
];

function adviceFor(reason) {
  const [, advice] = ADVICE.find(([said]) => said.test(reason)) ?? [];
  return advice ?? 'Look at the log of the server: it knows why.';
}

/** Codes of ours have a page that ships with the package. */
function linkFor(reason) {
  return /^[A-Z]+(_[A-Z]+)+$/.test(reason) ? `docs/troubleshooting.md#${reason.toLowerCase()}` : LINKS.codes;
}

module.exports = { id: 'cookie', run };
