'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { authorize } = require('../..');
const { SECRET, cookieOf, passportOf, visit } = require('./visit');

const TRIES = 200;

/** An authorizer over a store, closed with the test. */
function authorizerOf(t, options) {
  const authorizer = authorize({ secret: SECRET, passport: passportOf(), ...options });
  t.after(() => authorizer.close());
  return authorizer;
}

/** Asserts that this session is admitted as this user. */
async function assertAdmitted(authorizer, sid, user) {
  const { error, data } = await visit(authorizer, cookieOf(sid));
  assert.equal(error, undefined, `${sid} was refused: ${error?.message}`);
  assert.equal(data.user.id, user);
}

/** Connects the same visitor again and again until look-ups are native. The visitor must be admitted each time. */
async function prove(authorizer, sid, user) {
  for (let tries = 0; tries < TRIES; tries++) {
    await assertAdmitted(authorizer, sid, user);
    if (authorizer.backend.kind === 'redis') return;
    await sleep(5);
  }
  assert.fail(`not proven after ${TRIES} connections: ${authorizer.backend.reason}`);
}

/** Connects the same visitor until the backend's reason matches the pattern. */
async function untilStore(authorizer, sid, user, reason) {
  for (let tries = 0; tries < TRIES; tries++) {
    await assertAdmitted(authorizer, sid, user);
    if (authorizer.backend.kind === 'store' && reason.test(authorizer.backend.reason)) return;
    await sleep(5);
  }
  assert.fail(`no such reason after ${TRIES} connections: ${authorizer.backend.reason}`);
}

/** Collects the codes of the package's warnings while a test runs. */
function warningsDuring(t) {
  const codes = [];
  const listen = (warning) => {
    if (warning.name === 'PassportSocketIoWarning' && warning.code !== 'FIRST_RUN') codes.push(warning.code);
  };
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  return codes;
}

module.exports = { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring };
