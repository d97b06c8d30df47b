'use strict';

const { randomBytes } = require('node:crypto');

/** A session id of the form that express-session makes, which nobody has: another one each time, so that no cache answers. */
function idOfNobody() {
  return randomBytes(24).toString('base64url');
}

module.exports = { idOfNobody };
