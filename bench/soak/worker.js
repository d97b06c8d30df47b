'use strict';

// A worker thread that is ended in the middle of look-ups: it says so once they are under way, and goes on with more.

const { parentPort, workerData } = require('node:worker_threads');
const { authorize } = require('../..');
const { SECRET, cookieOf, passportOf } = require('../../__test__/support/visit');

const { url, sids } = workerData;
const authorizer = authorize({ secret: SECRET, redis: url, passport: passportOf() });

async function visitForever(sid) {
  for (;;) {
    const request = { headers: { cookie: cookieOf(sid) } };
    try {
      await authorizer.authenticate(request);
      authorizer.watch(request, () => {});
    } catch {
      // The model is about the visits of the main thread.
    }
  }
}

for (const sid of sids) visitForever(sid);
authorizer.ready({ retryFor: 10_000 }).then(() => parentPort.postMessage('busy'));
