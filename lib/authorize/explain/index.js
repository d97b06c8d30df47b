'use strict';

const { outcomes } = require('../../outcomes');
const { complaintAbout } = require('../authentications');
const { hintOf } = require('../hints');
const credential = require('./credential');
const { explanationOf } = require('./explanation');
const preconditions = require('./preconditions');
const session = require('./session');
const { Walk } = require('./walk');

/** The steps of an authorization, in their order. Each gets the Walk, and says what it found. */
const STEPS = [
  ['authorizer', preconditions.authorizer],
  ['origin', preconditions.origin],
  ['query', credential.query],
  ['cookies', credential.cookies],
  ['signature', credential.signature],
  ['look-up', session.lookUp],
  ['session', session.session],
  ['passport', session.passport],
  ['user', session.user],
];

/**
 * `authorizer.explain`: walks a request through the steps of an authorization. Of the app's functions it calls what it takes
 * to find the user, and no other: the store's `get`, a cookie parser, `deserializeUser`. No statistic counts it, nothing is put
 * on the request.
 * @param {import('../authorizer').Authorizer} inner
 * @param {object} request
 * @param {object} around
 * @param {object | undefined} around.server - of Socket.IO, where the authorizer has seen one
 * @param {boolean} around.isQueryGiven - whether the app has set the option sessionIdInQuery itself
 */
async function explain(inner, request, around) {
  const complaint = complaintAbout(request);
  if (complaint) throw new TypeError(`authorizer.explain(request): request ${complaint}`);
  const walk = new Walk(inner, request, around);
  const steps = [];
  for (const [step, examine] of STEPS) steps.push({ step, ...(await walk.take(examine)) });
  const { isFound, outcome, cause } = walk;
  const { code, critical, clientText: message } = outcomes[outcome];
  return explanationOf({ isFound, code, critical, message, cause }, steps, isFound ? null : adviceFor(walk));
}

function adviceFor({ authorizer, request, queried, outcome, cause }) {
  return hintOf({ outcome, cause, data: request, queried, socket: undefined, authorizer });
}

module.exports = { explain };
