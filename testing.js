'use strict';

// For tests of apps: an authorizer without addon, Redis and Passport (docs/testing.md).

const testing = require('./lib/testing');

// Plain assignments to `exports`: tests can stub them, and `import { authorizeAs }` finds them.
exports.authorizeAs = testing.authorizeAs;
exports.filterSocketsByUser = testing.filterSocketsByUser;
exports.countSocketsByUser = testing.countSocketsByUser;
exports.AuthorizationError = testing.AuthorizationError;
