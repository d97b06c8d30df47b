'use strict';

const { warn } = require('../diagnostics');
const { failureOf } = require('../diagnostics/words');
const { isServer } = require('./namespaces');
const { guardOf } = require('./server-guard');

const AsyncFunction = (async () => {}).constructor;

/**
 * `authorizer.protect(io, { except })`: the authorizer is the first middleware of every namespace that the server has and
 * will have, but for the exceptions.
 * @param {Function} authorizer
 * @param {object} server - of Socket.IO 1.0 or later
 * @param {{ except?: unknown }} [options]
 * @throws {TypeError} naming the argument and what it should be
 */
function protect(authorizer, server, options) {
  if (!isServer(server)) {
    throw new TypeError(`authorizer.protect(io): io ${complaintAboutServer(server)}`);
  }
  guardOf(server).protect(authorizer, readExcept(options));
}

function complaintAboutServer(given) {
  if (typeof given?.then === 'function') return 'is a promise: await it, and give its value.';
  if (isServer(given?.server)) {
    return 'is a namespace: give the server, or guard this namespace alone with namespace.use(authorizer).';
  }
  if (typeof given?.set === 'function' && typeof given.of === 'function') {
    return "is a server of Socket.IO 0.9, which has no middlewares: use io.set('authorization', authorizer).";
  }
  return 'must be a Socket.IO server, as new Server(…) gives it.';
}

/** @returns {(name: string) => boolean} whether a namespace is excepted */
function readExcept(options) {
  if (options === undefined) return () => false;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(
      "authorizer.protect(io, options): options must be an object, such as { except: ['/public'] }.",
    );
  }
  const unknown = Object.keys(options).find((name) => name !== 'except');
  if (unknown !== undefined) {
    throw new TypeError(
      `authorizer.protect(io, options): there is no option ${unknown}; the only one is except.`,
    );
  }
  const rules = [options.except ?? []].flat();
  for (const rule of rules) {
    const complaint = complaintAboutRule(rule);
    if (complaint) throw new TypeError(`authorizer.protect(io, { except }): except ${complaint}`);
  }
  const tests = rules.map(testOf);
  return (name) => tests.some((test) => test(name));
}

function complaintAboutRule(rule) {
  // A promise is truthy: every namespace would be excepted.
  if (rule instanceof AsyncFunction) return 'must answer synchronously, and has an async function.';
  if (rule instanceof RegExp || typeof rule === 'function') return undefined;
  if (typeof rule === 'string' && rule !== '') return undefined;
  return "must be a list of names of namespaces ('/admin'), RegExps (/^\\/public-/) and functions (name) => boolean.";
}

function testOf(rule) {
  // `search` ignores the state (`lastIndex`) that a RegExp may have.
  if (rule instanceof RegExp) return (name) => name.search(rule) !== -1;
  if (typeof rule === 'function') return (name) => answerOf(rule, name);
  // As `io.of('admin')` reads it.
  const wanted = rule.startsWith('/') ? rule : `/${rule}`;
  return (name) => name === wanted;
}

/** A function of the app that fails excepts nothing. An error must not reach Socket.IO: a client may name the namespace. */
function answerOf(rule, name) {
  try {
    const answer = rule(name);
    if (typeof answer?.then !== 'function') return Boolean(answer);
    Promise.resolve(answer).catch(() => {});
    throw new TypeError('It gave a promise.');
  } catch (error) {
    warn(
      'EXCEPT_ERROR',
      () =>
        `A function in the option except of authorizer.protect() failed, and the namespace is guarded. ${failureOf(error)}`,
      1,
    );
    return false;
  }
}

module.exports = { protect };
