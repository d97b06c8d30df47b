'use strict';

/** The one cookie of this name in a `Cookie` header, as `name=value`. */
function cookieNamed(name, header = '') {
  const all = header.split(';').map((each) => each.trim());
  return all.find((each) => each.startsWith(`${name}=`));
}

/** The same session id under a signature that nobody made: the signature's first character is another one. */
function forged(cookie) {
  return cookie.replace(/\.([^.])([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
}

module.exports = { cookieNamed, forged };
