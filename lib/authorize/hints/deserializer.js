'use strict';

/** Passport's own error (authenticator.js, deserializeUser): no deserializer is left that could know the user. */
const NOBODY_KNOWS = 'Failed to deserialize user out of session';

const NO_DESERIALIZER =
  'The option passport has no deserializer: passport.deserializeUser(…) was called on another instance of Passport, or not ' +
  'before the first connection. Give authorize() the instance that the app uses.';
const UNDEFINED_USER =
  'The deserializer called done(null, undefined), which Passport takes as "ask the next one", and there is none: call ' +
  'done(null, false) where there is no such user. Mongoose and others give null; a Map and Array.find give undefined.';

/** @param {import('./index').Refusal} refusal */
function whyNotDeserialized({ cause, authorizer }) {
  if (cause?.message !== NOBODY_KNOWS) return undefined;
  const deserializers = authorizer.options.passport._deserializers;
  return Array.isArray(deserializers) && deserializers.length === 0 ? NO_DESERIALIZER : UNDEFINED_USER;
}

module.exports = { whyNotDeserialized };
