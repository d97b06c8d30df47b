'use strict';

const STRING = /("(?:[^"\\]|\\.)*")([ \t\r\n]*:[ \t\r\n]*)?/g;

module.exports = { outcome };

/**
 * What a session's text says, by JSON.parse: the outcome's name and, for a user, where the key stands in the text; for
 * what is not JSON the position, where V8 names one. In bytes.
 */
function outcome(text, passportKey) {
  if (text === '') return ['Absent'];
  let session;
  try {
    session = JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec(error.message);
    return ['NotJson', position && bytesBefore(text, Number(position[1]))];
  }
  if (!session) return ['Absent'];
  const passport = own(session, passportKey);
  if (!passport) return ['NotInitialized'];
  return isSomebody(own(passport, 'user')) ? ['User', ...userSpan(text, passportKey)] : ['NotLoggedIn'];
}

/** As Passport's own session strategy has it (passport 0.7.0, lib/strategies/session.js). */
function isSomebody(user) {
  return Boolean(user) || user === 0;
}

/** Only objects have members here, and only their own. */
function own(value, key) {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Of the values of members called "user" the one that makes a marker the user when the marker takes its place. What is
 * a value, and who is the user, only JSON.parse says.
 */
function userSpan(text, passportKey) {
  const spans = [];
  for (const { 0: all, 1: key, 2: colon, index } of text.matchAll(STRING)) {
    if (colon === undefined || JSON.parse(key) !== 'user') continue;
    const start = index + all.length;
    for (let end = start + 1; end <= text.length; end++) {
      const value = text.slice(start, end);
      if (value.trimEnd() !== value || !parses(value)) continue;
      const marked = `${text.slice(0, start)}"<user>"${text.slice(end)}`;
      if (parses(marked) && own(own(JSON.parse(marked), passportKey), 'user') === '<user>')
        spans.push([start, end]);
    }
  }
  if (spans.length !== 1) throw new Error(`${spans.length} users in ${text}`);
  return spans[0].map((index) => bytesBefore(text, index));
}

function parses(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function bytesBefore(text, index) {
  return Buffer.byteLength(text.slice(0, index));
}
