'use strict';

const { createHash } = require('node:crypto');
const vm = require('node:vm');

const { apply } = Reflect;

/** `Function.prototype.toString` of another realm, made when it is needed first (about 1 ms). */
let toString;

/**
 * The source text of a function. `String(f)` is no evidence: monitoring agents replace
 * `Function.prototype.toString`, so that what they wrap shows the text of the original.
 * @throws {TypeError} for what is no function
 */
function textOf(value) {
  toString ??= vm.runInNewContext('Function.prototype.toString');
  return apply(toString, value, []);
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** The properties that a text reads, in its order, by name: what a bundler or minifier leaves as it was. */
function membersOf(text) {
  const code = text.replace(/"[^"]*"|'[^']*'/g, '""');
  return [...code.matchAll(/\.\s*([A-Za-z_$][\w$]*)/g)].map(([, name]) => name);
}

module.exports = { textOf, hashOf, membersOf };
