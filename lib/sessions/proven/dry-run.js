'use strict';

const { isDeepStrictEqual, types } = require('node:util');

/** A session id that no client has. */
const SID = 'passport-socketio-native-dry-run';

/**
 * Whether a `get` whose text is known does what the published one does. The text calls functions that it does not show
 * (`optionalCb`), and a fork may have others by the same name. So it runs against a client that answers from memory: it has
 * to call back with what the published one does, without a look at the session or the error.
 * @param {object} row - of known-gets.json
 */
async function isPublished(store, { missing, afterError, serializer }) {
  const touched = [];
  const error = recorder(new Error('dry run'), touched);
  const session = recorder({}, touched);
  const cases = [
    // Spread, since the arrays of a JSON file may be of another realm.
    ...[null, undefined, ''].map((reply) => ({ reply, expected: [...missing] })),
    ...['null', '[]', '0'].map((reply) => ({ reply, expected: [null, JSON.parse(reply)] })),
    { reply: '{', expected: [SyntaxError, ...afterError] },
    { error, expected: [error, ...afterError] },
  ];
  if (serializer) cases.push({ reply: 'text', parse: () => session, expected: [null, session] });
  const good = await Promise.all(cases.map((each) => isAsExpected(store, each)));
  // `await` looks for `then`.
  return good.every(Boolean) && touched.every((name) => name === 'then');
}

/** An object that notes each operation on it. */
function recorder(target, touched) {
  const trapOf = (_, trap) => (object, name, more) => {
    touched.push(trap === 'get' ? name : trap);
    return Reflect[trap](object, name, more);
  };
  return new Proxy(target, new Proxy({}, { get: trapOf }));
}

/** Whether `get` asks for one key, and calls back once, before its promise is fulfilled, with what is expected. */
async function isAsExpected(store, { reply, error, parse = JSON.parse, expected }) {
  const keys = [];
  const calls = [];
  const client = {
    get(key, callback) {
      keys.push(key);
      callback?.(error ?? null, reply);
      const answer = error ? Promise.reject(error) : Promise.resolve(reply);
      // A `get` that takes the callback ignores it, and an unhandled rejection ends the process.
      answer.catch(() => {});
      return answer;
    },
  };
  const dry = Object.create(store, { client: { value: client }, serializer: { value: { parse } } });
  await dry.get(SID, (...args) => calls.push(args.map(withoutMessage)));
  return isDeepStrictEqual({ keys, calls }, { keys: [`${store.prefix}${SID}`], calls: [expected] });
}

/** A SyntaxError is told by its name, not its class: under Jest the store may be of another realm. */
function withoutMessage(value) {
  return types.isNativeError(value) && value.name === 'SyntaxError' ? SyntaxError : value;
}

module.exports = { isPublished };
