'use strict';

/** Options of other packages, or of old versions, and their names here. */
const MEANT = {
  name: 'key',
  cookie: 'key',
  cookieName: 'key',
  sessionKey: 'key',
  secrets: 'secret',
  keys: 'secret',
  sessionSecret: 'secret',
  sessionStore: 'store',
  session: 'store',
  redisUrl: 'redis',
  redisClient: 'client',
  keyPrefix: 'prefix',
  origins: 'origin',
  cors: 'origin',
  onAuthorizeSuccess: 'success',
  onAuthorizeFail: 'fail',
};

/**
 * Names the options that are probably misspelt. Other unknown options are the app's own: its callbacks find them in `this`.
 * @param {object} given - the options
 * @param {string[]} known - the names of all options
 * @returns {string | undefined} a text for a warning
 */
function misnamed(given, known) {
  const advice = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => [name, meantBy(name, known)])
    .filter(([, meant]) => meant !== undefined && given[meant] === undefined)
    .map(([name, meant]) => `${name} (was ${meant} meant?)`);
  if (advice.length === 0) return undefined;
  return `authorize() ignores options that it does not know: ${advice.join(', ')}.`;
}

function meantBy(name, known) {
  if (Object.hasOwn(MEANT, name)) return MEANT[name];
  return known.find((each) => each.toLowerCase() === name.toLowerCase() || isSlip(name, each));
}

/** One letter too many, too few, or different. Short names are too alike for that. */
function isSlip(name, known) {
  if (known.length < 5 || Math.abs(name.length - known.length) > 1) return false;
  let start = 0;
  while (start < name.length && name[start] === known[start]) start += 1;
  const rest = (text, skipped) => text.slice(start + skipped);
  return (
    rest(name, 1) === rest(known, 1) || rest(name, 1) === rest(known, 0) || rest(name, 0) === rest(known, 1)
  );
}

module.exports = { misnamed };
