'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const { withoutSecrets } = require('../diagnostics');
const { AuthorizationError, messageOf } = require('../errors');
const { OUTCOME, outcomes } = require('../outcomes');
const { causeOf } = require('./refusal');

/** Outcomes that keep look-ups from being answered. Any other is an answer. */
const NOT_READY = new Set([OUTCOME.STORE_ERROR, OUTCOME.STORE_TIMEOUT, OUTCOME.CLOSED]);
/** Milliseconds between two attempts: doubled up to the longest one. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/**
 * `authorizer.ready`: resolves when look-ups can be answered.
 * @param {import('./authorizer').Authorizer} authorizer
 * @param {{ retryFor?: number }} [given]
 * @throws {AuthorizationError} what keeps them
 */
async function ready(authorizer, given) {
  const until = performance.now() + retryForOf(given);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const { outcome, value } = await check(authorizer);
    if (!NOT_READY.has(outcome)) return;
    const left = until - performance.now();
    if (outcome === OUTCOME.CLOSED || left <= 0) throw errorOf(authorizer, outcome, value);
    await new Promise((resolve) => timers.setTimeout(resolve, Math.min(pause, left)));
  }
}

function retryForOf(given) {
  if (given === undefined) return 0;
  if (typeof given !== 'object' || given === null) complain('takes an object: { retryFor }');
  const unknown = Object.keys(given).find((name) => name !== 'retryFor');
  if (unknown !== undefined) complain('knows one option: { retryFor }');
  const { retryFor = 0 } = given;
  if (!(Number.isFinite(retryFor) && retryFor >= 0))
    complain('option retryFor must be a number of milliseconds');
  return retryFor;
}

function complain(text) {
  throw new TypeError(`authorizer.ready(): ${text}.`);
}

async function check({ verifier, backend }) {
  try {
    verifier.refresh();
  } catch (error) {
    // The store's prefix may be a getter that throws.
    return { outcome: OUTCOME.STORE_ERROR, value: error };
  }
  return backend.check();
}

function errorOf({ backend }, outcome, value) {
  const { code, hint } = outcomes[outcome];
  const cause = causeOf(outcome, value);
  const { address = 'the store' } = backend.description;
  const text = `Sessions cannot be looked up in ${address}: ${withoutSecrets(messageOf(cause))}`;
  return new AuthorizationError(text, { code, cause, hint });
}

module.exports = { ready };
