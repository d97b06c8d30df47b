'use strict';

const { performance } = require('node:perf_hooks');
const { withoutSecrets } = require('../../diagnostics');
const { oneLine, quoted } = require('../../diagnostics/words');
const { CLOSED, OUTCOME } = require('../../outcomes');
const { typeOf } = require('../../sessions/shape');
const { deserialize } = require('../reading');
const { kindOfError, listed, named, shown } = require('./words');

/** The steps from the session id to the user. */

/** So many members of a session are told, in the order of the session. */
const MOST_MEMBERS = 100;
/** Outcomes of a look-up that found no session that can be read. */
const NOT_READ = new Set([
  OUTCOME.SESSION_NOT_FOUND,
  OUTCOME.STORE_ERROR,
  OUTCOME.STORE_TIMEOUT,
  OUTCOME.CLOSED,
]);

/** @param {import('./walk').Walk} walk */
async function lookUp(walk) {
  const { authorizer, id } = walk;
  if (typeof id !== 'string') {
    const text = 'Nothing is looked up: what is signed is no session id, but JSON (j:…), or another value.';
    return walk.failed(id, undefined, text);
  }
  const began = performance.now();
  walk.said = await authorizer.backend.inspect(id);
  const { outcome, value, answers } = walk.said;
  const durationMs = Math.round((performance.now() - began) * 1000) / 1000;
  const { where, facts } = placeOf(walk, answers);
  const told = { ...facts, found: !NOT_READ.has(outcome), durationMs };
  if (!NOT_READ.has(outcome)) return walk.passed(`${where}: found.`, told);
  return walk.failed(outcome, value, `${where}: ${whyNot(walk, outcome, value)}.`, told);
}

/** Where a session is looked for. */
function placeOf({ authorizer: { options, verifier } }, { kind, address, reason }) {
  if (kind === 'redis') {
    const prefix = verifier.keysBegin;
    const where = `Natively in ${address} (${reason}), with the prefix ${quoted(prefix)}`;
    return { where, facts: { backend: kind, address, prefix } };
  }
  const prefix = options.store.prefix === undefined ? null : verifier.keysBegin;
  const name = quoted(options.store.constructor?.name ?? 'a class without a name');
  const withPrefix = prefix === null ? '' : `, with the prefix ${quoted(prefix)}`;
  return { where: `Through the option store (${name}${withPrefix})`, facts: { backend: kind, prefix } };
}

function whyNot({ id, said }, outcome, cause) {
  if (outcome === OUTCOME.SESSION_NOT_FOUND) return 'there is no such session';
  // What the addon says of Redis has no value in it; what a store says may have any.
  if (typeof cause === 'string' && (said.isOfAddon || outcome !== OUTCOME.STORE_ERROR)) {
    return oneLine(withoutSecrets(cause.replaceAll(id, '…')));
  }
  return kindOfError(cause);
}

/** @param {import('./walk').Walk} walk */
function session(walk) {
  const { outcome, value, shape } = walk.said;
  if (outcome === OUTCOME.BAD_SESSION) {
    const kind = typeof value === 'string' ? value : kindOfError(value);
    return walk.failed(outcome, value, `What is stored cannot be read: ${kind}.`);
  }
  if (outcome === OUTCOME.PASSPORT_NOT_INITIALIZED && value !== undefined)
    return walk.unknown('It is encrypted.');
  if (shape === undefined) return walk.unknown('It does not let itself be looked at.');
  const facts = { type: shape.type, ...membersOf(shape) };
  if (shape.type !== 'object') return walk.passed(`It is no object, but of the type ${shape.type}.`, facts);
  return walk.passed(`Its members: ${textOfMembers(facts)}.`, facts);
}

/** @param {import('./walk').Walk} walk */
function passport(walk) {
  const { outcome, value, shape } = walk.said;
  const member = shown(String(walk.authorizer.options.passport._key));
  const login = shape?.login ?? null;
  const facts = { member, ...membersOf(login ?? { members: [] }) };
  const ofPassport = quoted(member);
  if (outcome === OUTCOME.PASSPORT_NOT_INITIALIZED) {
    if (value !== undefined) return walk.failed(outcome, value, 'The session is encrypted.', facts);
    const what =
      login === null ? `has no member ${ofPassport}` : `has ${ofPassport}, but it is empty (${login.type})`;
    return walk.failed(outcome, value, `The session ${what}: nobody has logged in with it.`, facts);
  }
  if (outcome === OUTCOME.NOT_LOGGED_IN) {
    const text = `The member ${ofPassport} of the session has no user key${facts.members.length > 0 ? `, but ${textOfMembers(facts)}` : ''}.`;
    return walk.failed(outcome, value, text, facts);
  }
  const userKey = typeOf(value);
  return walk.passed(
    `The member ${ofPassport} of the session names a user, by a key of the type ${userKey}.`,
    {
      ...facts,
      userKey,
    },
  );
}

/** @param {import('./walk').Walk} walk */
async function user(walk) {
  const { authorizer, request, said } = walk;
  const closed = { outcome: OUTCOME.CLOSED, value: CLOSED };
  const found = authorizer.isClosed ? closed : await deserialize(authorizer, said.value, request);
  const { outcome, value } = authorizer.isClosed ? closed : found;
  if (outcome === OUTCOME.FOUND) return walk.passed('deserializeUser has found the user.');
  if (outcome === OUTCOME.USER_NOT_FOUND)
    return walk.failed(outcome, undefined, 'deserializeUser knows no such user.');
  if (outcome === OUTCOME.CLOSED) return walk.failed(outcome, value, 'The authorizer was closed.');
  if (outcome === OUTCOME.DESERIALIZE_TIMEOUT) {
    return walk.failed(outcome, value, `deserializeUser gave ${value.message}.`);
  }
  return walk.failed(outcome, value, `deserializeUser failed: ${kindOfError(value)}.`);
}

/** Names and types; of duplicates the last one, as JSON.parse has it. */
function membersOf({ members }) {
  const all = [...new Map(members)].map(([name, type]) => ({ name: shown(name), type }));
  const told = all.slice(0, MOST_MEMBERS);
  return { members: told, more: all.length - told.length };
}

function textOfMembers({ members, more }) {
  if (members.length === 0) return 'none';
  return listed(
    members.map(({ name, type }) => `${named(name)} (${type})`),
    more,
  );
}

module.exports = { lookUp, passport, session, user };
