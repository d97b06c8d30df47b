'use strict';

const { ifReadable } = require('../errors');

/**
 * What a session is made of: names and types of its members, never values. Of a session's text the addon says the same
 * (src/core/shape.rs).
 * @typedef {object} Shape
 * @property {string} type - of the session itself
 * @property {[name: string, type: string][]} members - its own ones
 * @property {{ type: string, members: [name: string, type: string][] } | null} login - Passport's member, if there is one
 */

/**
 * The shape of a session as the app's store gave it.
 * @param {string} passportKey - the name of Passport's member
 * @returns {Shape | undefined} undefined where the session does not let itself be looked at
 */
function shapeOf(session, passportKey) {
  return ifReadable(() => {
    const login = Object.hasOwn(Object(session), passportKey) ? described(session[passportKey]) : null;
    return { ...described(session), login };
  });
}

function described(value) {
  const type = typeOf(value);
  const members =
    type === 'object' ? Object.keys(value).map((name) => [name, typeOfMember(value, name)]) : [];
  return { type, members };
}

/** A getter may throw. */
function typeOfMember(value, name) {
  return ifReadable(() => typeOf(value[name])) ?? 'unreadable';
}

/** JSON's types; what JSON does not have, as `typeof` names it. */
function typeOf(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

module.exports = { shapeOf, typeOf };
