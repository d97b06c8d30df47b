'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { cookieOf, visit } = require('./visit');

const AT_ONCE = 4;
const RECOVERS_WITHIN_MS = 10_000;

/** What the system says, by the moment, of a server that was killed. */
const GONE = /refused|closed|reset/i;

/**
 * One connection of a user to whom a session of his name belongs: let in as himself, or refused because of the store.
 * @returns {Promise<Error | undefined>} why he was refused
 */
async function visitAs(authorizer, user) {
  const { error, data } = await visit(authorizer, cookieOf(user));
  if (error) assert.match(error.code, /^STORE_(ERROR|TIMEOUT)$/, `${user} was refused: ${error.message}`);
  else assert.equal(data.user.id, user);
  return error;
}

/** All of them at once, each of whom has to be let in as himself. */
async function admitAll(authorizer, users) {
  const errors = await Promise.all(users.map((user) => visitAs(authorizer, user)));
  assert.deepEqual(errors.filter(Boolean), []);
}

/**
 * Users who connect again and again as long as `action` runs; each time every one of them does.
 * @returns {Promise<Error[]>} why some were refused
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

/** Resolves when all users are let in; whoever is refused meanwhile is so because of the store. */
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
