'use strict';

const crypto = require('node:crypto');
const { needsEngine, ofNamespaces } = require('../app');
const { connect } = require('../connect');
const { LINKS, notRun, ok, problem } = require('../result');

const DEFAULT_NAME = 'connect.sid';
/** `s:<id>.<signature>`, with or without percent-encoding. */
const SIGNED = /((?:s%3A|s:)[^;]*\.)([A-Za-z0-9+/%]{20,})/gi;

/** A cookie whose signature nobody made: who accepts it lets everybody be anybody. */
async function run(app) {
  needsEngine(app);
  const cookie = forgedFrom(app);
  const isGuessed = app.cookie === undefined && app.cookies.length === 0;
  return ofNamespaces(app, async (namespace) => {
    const { isAccepted, reason } = await connect(app, { namespace, cookie });
    return resultOf(namespace, { isAccepted, reason, isGuessed, guest: app.guests.get(namespace) });
  });
}

function resultOf(namespace, { isAccepted, reason, isGuessed, guest }) {
  // The app may have another name for its cookie, and then it has seen none.
  if (!isAccepted && isGuessed && reason === guest?.reason)
    return notRun(
      `${namespace} refuses a forged cookie ${DEFAULT_NAME}, as it does a visitor without one: that shows nothing`,
      'Give --cookie of somebody who is logged in.',
    );
  if (!isAccepted) return ok(`${namespace} refuses a forged cookie: ${reason}`);
  if (guest?.isAccepted !== false)
    return notRun(
      `${namespace} accepts a forged cookie, as it does a visitor without one: that shows nothing`,
    );
  return problem(
    `${namespace} accepts a forged cookie`,
    'Check the signature of the cookie before its session is read.',
    LINKS.codes,
  );
}

/** The given cookie with another signature, or one of the name that the app uses with a session that nobody has. */
function forgedFrom({ cookie, cookies }) {
  const other = (signature) => signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  const forged = cookie?.replace(SIGNED, (_all, signed, signature) => signed + other(signature));
  if (forged !== undefined && forged !== cookie) return forged;
  const random = (bytes) => crypto.randomBytes(bytes).toString('hex');
  return `${cookies[0]?.name ?? DEFAULT_NAME}=s%3A${random(16)}.${random(21)}`;
}

module.exports = { id: 'forged', run };
