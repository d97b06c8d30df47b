'use strict';

// The libraries that the core must agree with: the copies that cookie-parser itself uses, whatever else is installed.

const { createRequire } = require('node:module');

const cookieParserPath = require.resolve('cookie-parser');
const ofCookieParser = createRequire(cookieParserPath);

for (const [name, version] of [
  ['cookie-parser', '1.4.7'],
  ['cookie', '0.7.2'],
  ['cookie-signature', '1.0.6'],
]) {
  const found = (name === 'cookie-parser' ? require : ofCookieParser)(`${name}/package.json`).version;
  if (found !== version) throw new Error(`${name} is ${found} here; the vectors are those of ${version}`);
}

module.exports = {
  parse: ofCookieParser('cookie').parse,
  sign: ofCookieParser('cookie-signature').sign,
  signedCookie: require(cookieParserPath).signedCookie,
};
