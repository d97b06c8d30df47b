'use strict';

const { setImmediate } = require('node:timers');
const { isNativeError } = require('node:util').types;

/** A session id that no client has. */
const SID = 'passport-socketio-native-dry-run';

/** Sessions that a rule of the app's may turn away. */
const SESSIONS = [
  '{"cookie":{"path":"/"},"passport":{"user":"dry run"}}',
  '{"cookie":{"originalMaxAge":1,"expires":"2001-01-01T00:00:00.000Z"},"createdAt":0,"lastAccess":0}',
  '{"cookie":{},"passport":{},"revoked":true,"disabled":true,"expires":0}',
  'null',
  '[]',
  '0',
];

/**
 * Whether a `get` whose text is known does what the published one does. Its text refers to functions that it does not
 * show (`optionalCb`), and a fork may have others under the same text. It runs against a client that answers from memory.
 * What it calls back with has to be what the published one does, and it may not look at a session or an error.
 * @param {object} row - of known-gets.json
 */
async function isPublished(store, row) {
  const touched = [];
  const error = recorder(new Error('dry run'), touched);
  const session = recorder({}, touched);
  const cases = [
    ...[null, undefined, ''].map((reply) => ({ reply, expected: row.missing })),
    ...SESSIONS.map((reply) => ({ reply, expected: [null, JSON.parse(reply)] })),
    { reply: '{', expected: [SyntaxError, ...row.afterError] },
    { error, expected: [error, ...row.afterError] },
  ];
  if (row.serializer)
    cases.push({ reply: 'text', serializer: { parse: () => session }, expected: [null, session] });
  const good = await Promise.all(cases.map((each) => isAsExpected(store, each)));
  // `await` looks for `then`.
  return good.every(Boolean) && touched.every((name) => name === 'then');
}

/** An object that notes each thing that is done with it. */
function recorder(target, touched) {
  const note = (_, trap) => (object, name, more) => {
    touched.push(trap === 'get' ? name : trap);
    return Reflect[trap](object, name, more);
  };
  return new Proxy(target, new Proxy({}, { get: note }));
}

/** Whether `get` asks for one key, and calls back once, within a few microtasks, with what is expected. */
async function isAsExpected(store, { expected, serializer, ...answer }) {
  const keys = [];
  const calls = [];
  const client = {
    get(key, callback) {
      keys.push(key);
      if (typeof callback === 'function') return void callback(answer.error ?? null, answer.reply);
      if (!answer.error) return Promise.resolve(answer.reply);
      const failed = Promise.reject(answer.error);
      // Whoever does not wait for it must not end the process.
      failed.catch(() => {});
      return failed;
    },
  };
  const own = { client: { value: client }, ...(serializer && { serializer: { value: serializer } }) };
  const asked = Object.create(store, own).get(SID, (...args) => calls.push(args));
  await Promise.all([asked, new Promise(setImmediate)]);
  const [args] = calls;
  return (
    [keys, calls].every(({ length }) => length === 1) &&
    keys[0] === `${store.prefix}${SID}` &&
    args.length === expected.length &&
    expected.every((value, i) => isLike(args[i], value))
  );
}

function isLike(given, expected) {
  // By its name: under Jest the store may be of another realm.
  if (expected === SyntaxError) return isNativeError(given) && given.name === 'SyntaxError';
  return given === expected || JSON.stringify(given) === JSON.stringify(expected);
}

module.exports = { isPublished };
