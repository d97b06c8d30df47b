'use strict';

// First: a Node too old for the other files is told so by this one.
require('./lib/addon');

// Plain assignments to `exports`: tests can stub them, and `import { authorize }` finds them.
exports.authorize = require('./lib/authorize').authorize;
exports.filterSocketsByUser = require('./lib/sockets').filterSocketsByUser;
exports.countSocketsByUser = require('./lib/sockets').countSocketsByUser;
exports.AuthorizationError = require('./lib/errors').AuthorizationError;
