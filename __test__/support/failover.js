'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { cookieOf, visit } = require('./visit');

const AT_ONCE = 4;
const RECOVERS_WITHIN_MS = 10_000;

/** The system's errors for a killed server; the moment decides which one. */
const GONE = /refused|closed|reset/i;

/**
 * One connection of a user whose session has the same name. Asserts that the user is right, or that the refusal is because
 * of the store.
 * @returns {Promise<Error | undefined>} the refusal
 */
async function visitAs(authorizer, user) {
  const { error, data } = await visit(authorizer, cookieOf(user));
  if (error) assert.match(error.code, /^STORE_(ERROR|TIMEOUT)$/, `${user} was refused: ${error.message}`);
  else assert.equal(data.user.id, user);
  return error;
}

/** Connects all users at once. Each must be admitted as themselves. */
async function admitAll(authorizer, users) {
  const errors = await Promise.all(users.map((user) => visitAs(authorizer, user)));
  assert.deepEqual(errors.filter(Boolean), []);
}

/**
 * Connects all users, again and again while `action` runs.
 * @returns {Promise<Error[]>} the refusals
 */
async function refusedDuring(authorizer, users, action) {
  const refused = [];
  let open = true;
  const visitors = Array.from({ length: AT_ONCE }, async () => {
    while (open) {
      const errors = await Promise.all(users.map((user) => visitAs(authorizer, user)));
      refused.push(...errors.filter(Boolean));
      await sleep(2);
    }
  });
  try {
    await action();
  } finally {
    open = false;
  }
  await Promise.all(visitors);
  return refused;
}

/** Resolves when all users are admitted. Until then, each refusal must be because of the store. */
async function untilAdmitted(authorizer, users) {
  const deadline = performance.now() + RECOVERS_WITHIN_MS;
  for (;;) {
    const errors = await Promise.all(users.map((user) => visitAs(authorizer, user)));
    const error = errors.find(Boolean);
    if (!error) return;
    assert.ok(performance.now() < deadline, `still refused after ${RECOVERS_WITHIN_MS} ms: ${error.message}`);
    await sleep(20);
  }
}

module.exports = { GONE, admitAll, refusedDuring, untilAdmitted, visitAs };
