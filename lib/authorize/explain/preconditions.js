'use strict';

const { quoted } = require('../../diagnostics/words');
const { OUTCOME } = require('../../outcomes');
const { whyNoLookUp } = require('../precheck');
const { refreshed } = require('../reading');
const { kindOfError } = require('./words');

/** The steps before anything of the visitor is read: whether the authorizer takes connections, and of this page. */

/** @param {import('./walk').Walk} walk */
function authorizer(walk) {
  const { options, stats } = walk.authorizer;
  const failure = refreshed(walk.authorizer);
  if (failure) {
    const why = kindOfError(failure.value);
    return walk.failed(failure.outcome, failure.value, `The settings of the store cannot be read: ${why}.`);
  }
  const [outcome, cause] = whyNoLookUp({}, '', walk.authorizer);
  if (outcome === OUTCOME.CLOSED) return walk.failed(outcome, cause, 'The authorizer was closed.');
  const load = `Being authorized now: ${stats.pending}, of at most ${options.maxPending} connections (option maxPending).`;
  if (outcome !== undefined) return walk.failed(outcome, cause, load);
  return walk.passed(load);
}

/** @param {import('./walk').Walk} walk */
function origin(walk) {
  const { origin: check, options } = walk.authorizer;
  const { headers, _query } = walk.request;
  const from =
    headers.origin === undefined
      ? 'The request has no Origin'
      : `The Origin is ${quoted(headers.origin)}, the Host asked for ${quoted(headers.host ?? headers[':authority'] ?? '')}`;
  if (check === null) {
    const isDecided = options.origin === false;
    return walk.passed(
      `${from}. Pages of any origin may connect${isDecided ? ' (origin: false)' : ': the option origin is not given'}.`,
    );
  }
  // A parameter j means JSONP to Engine.IO alone, which parses queries into `_query`.
  const asked = headers.origin === undefined ? { headers, _query } : walk.request;
  const isAllowed = check.allowsBySettings(asked, walk.server);
  if (isAllowed === undefined) return walk.unknown(`${from}. ${whyUnknown(options.origin)}`);
  if (isAllowed) return walk.passed(`${from}: the option origin allows it.`);
  return walk.failed(OUTCOME.ORIGIN_NOT_ALLOWED, undefined, `${from}: the option origin does not allow it.`);
}

function whyUnknown(option) {
  return typeof option === 'function'
    ? 'Whether it may connect, only the function says that is the option origin; explain does not call it.'
    : "Whether it may connect, cors of the server says (origin: 'cors'): it is a function, which explain does not call, or no " +
        'client has connected yet.';
}

module.exports = { authorizer, origin };
