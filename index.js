'use strict';

// Plain assignments to `exports`: tests can stub them, and `import { authorize }` finds them.
exports.authorize = require('./lib/authorize').authorize;
exports.filterSocketsByUser = require('./lib/filter').filterSocketsByUser;
exports.AuthorizationError = require('./lib/errors').AuthorizationError;
