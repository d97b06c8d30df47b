'use strict';

// `authenticate` and `watch` of an authorizer for tests.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorizeAs } = require('../testing');

test('a request that Socket.IO does not know is authenticated and watched', async () => {
  const authorizer = authorizeAs((request) => request.headers.user && { id: request.headers.user });
  const request = { headers: { user: 'ann' } };
  assert.throws(() => authorizer.watch(request, () => {}), /authenticate\(request\) first/);
  const { user, sessionID } = await authorizer.authenticate(request);
  assert.deepEqual([user.id, typeof sessionID], ['ann', 'string']);
  await assert.rejects(authorizer.authenticate({ headers: {} }), { code: 'NOT_LOGGED_IN' });
  await assert.rejects(authorizer.authenticate('request'), TypeError);
  const reasons = [];
  authorizer.watch(request, (reason) => reasons.push(reason));
  const stop = authorizer.watch(request, () => reasons.push('was stopped'));
  stop();
  assert.equal(authorizer.stats().watch.sockets, 1);
  authorizer.end(request, 'logged-out');
  assert.deepEqual(reasons, ['logged-out']);
  await assert.rejects(authorizer.authenticate(request), { code: 'NOT_LOGGED_IN' });
  const { authorized, failures } = authorizer.stats();
  assert.deepEqual([authorized, failures], [1, { NOT_LOGGED_IN: 2 }]);
  authorizer.close();
});
