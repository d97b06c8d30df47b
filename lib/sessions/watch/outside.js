'use strict';

const { AsyncResource } = require('node:async_hooks');

/** Made when the package is loaded, outside of any request. */
const outside = new AsyncResource('PassportSocketIoWatch', { requireManualDestroy: true });

/**
 * Calls a function without the AsyncLocalStorage of the client that happens to have led here: watching is for many. A store
 * that tells tenants apart by it would ask for the wrong one.
 */
function callOutside(fn) {
  return outside.runInAsyncScope(fn);
}

module.exports = { callOutside };
