'use strict';

const { createHash } = require('node:crypto');
const vm = require('node:vm');

/** `Function.prototype.toString` of another realm, made at its first use (about 1 ms). */
let toString;

/**
 * The source text of a function. `String(f)` is no evidence: monitoring agents replace `Function.prototype.toString`, and
 * what they wrap shows the text of the original.
 * @throws {TypeError} if the value is no function
 */
function textOf(value) {
  toString ??= vm.runInNewContext('Function.prototype.toString');
  return toString.call(value);
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** The names of the properties that a text reads, which a minifier keeps; sorted, since it moves what is used once. */
function membersOf(text) {
  return [...text.matchAll(/\.\s*([A-Za-z_$][\w$]*)/g)].map(([, name]) => name).sort();
}

module.exports = { textOf, hashOf, membersOf };
