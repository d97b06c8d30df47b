'use strict';

/** What no output may show. */
const SECRET = 'the secret of the app';
const OTHER_SECRET = 'the secret of another app';
const PASSWORD = 'the-password-of-redis';

module.exports = { OTHER_SECRET, PASSWORD, SECRET };
