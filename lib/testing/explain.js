'use strict';

const { complaintAbout } = require('../authorize/authentications');
const { explanationOf } = require('../authorize/explain/explanation');

/** The steps that `authorizeAs` does not take: it has the user beforehand. */
const PLAYED = ['authorizer', 'origin', 'query', 'cookies', 'signature', 'look-up', 'session', 'passport'];

/**
 * `authorizer.explain` of a test authorizer.
 * @param {import('./authorizer').TestAuthorizer} inner
 */
async function explain(inner, request) {
  const complaint = complaintAbout(request);
  if (complaint) throw new TypeError(`authorizer.explain(request): request ${complaint}`);
  const { failure } = await new Promise((resolve) =>
    inner.users.read(request, inner.sessions.of(request), resolve),
  );
  const steps = PLAYED.map((step) => ({ step, status: 'skipped', text: 'not taken by authorizeAs' }));
  if (failure === undefined) {
    steps.push({ step: 'user', status: 'passed', text: 'authorizeAs has this user.' });
    return explanationOf({ isFound: true, code: 'FOUND', critical: false }, steps, null);
  }
  const { code, critical, clientText: message, hint, cause } = failure;
  steps.push({ step: 'user', status: 'failed', text: 'authorizeAs has no user for this request.' });
  return explanationOf({ isFound: false, code, critical, message, cause }, steps, hint);
}

module.exports = { explain };
