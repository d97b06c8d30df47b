'use strict';

const { readOptions } = require('./options');
const { Authorizer } = require('./authorizer');

/**
 * Makes the middleware that lets a connection in when its session has a Passport user.
 * See index.d.ts for the options.
 * @throws {TypeError} for an option that cannot be right
 */
function authorize(options) {
  const inner = new Authorizer(readOptions(options), options);

  function authorizer(socketOrData, done) {
    inner.authorize(socketOrData, done);
  }
  authorizer.stats = () => inner.stats();
  authorizer.close = () => inner.close();
  authorizer.reindex = (socket) => inner.admission.reindex(socket);
  authorizer.users = (property) => inner.admission.users(property);
  Object.defineProperty(authorizer, 'backend', { get: () => inner.backend.description, enumerable: true });
  return authorizer;
}

module.exports = { authorize };
