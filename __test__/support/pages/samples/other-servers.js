'use strict';

// docs/other-servers.md

const assert = require('node:assert/strict');
const { sessionOf } = require('../../stores');
const { cookieOf, passportOf } = require('../../visit');
const ours = require('../../../..');
const { SECRET, notedAuthorize, openSite, requireWith, runWith } = require('../site');

module.exports = {
  'who is it': async (t, { code }) => {
    const site = await openSite(t);
    site.run(code, { require: requireWith(notedAuthorize(t)) });
    const ask = async (cookie, more) => {
      const headers = { connection: 'close', ...(cookie && { cookie }), ...more };
      const response = await fetch(`${site.url}/me`, { headers });
      return [response.status, await response.json()];
    };
    assert.deepEqual(await ask(site.ann), [200, { name: 'ann' }]);
    assert.deepEqual(await ask(undefined), [401, { code: 'NO_COOKIE' }]);
    assert.deepEqual(await ask(site.stranger), [401, { code: 'PASSPORT_NOT_INITIALIZED' }]);
    const [status, { code: why }] = await ask(site.ann, { origin: 'https://evil.example' });
    assert.deepEqual([status, why], [401, 'ORIGIN_NOT_ALLOWED']);
  },

  'uWebSockets.js': async (t, { code }) => {
    const sessions = { ann: sessionOf('ann') };
    const store = { get: (sid, done) => setImmediate(done, null, sessions[sid]) };
    const options = { secret: SECRET, store, passport: passportOf(), recheckEvery: 100 };
    const authorizer = ours.authorize(options);
    t.after(() => authorizer.close());
    const uws = { ws: (_path, handlers) => (uws.handlers = handlers) };
    runWith(code, { uws, authorizer });

    const data = await upgrade(uws, { cookie: cookieOf('ann'), 'sec-websocket-key': 'a key' });
    assert.equal(data.user.id, 'ann');
    const ended = new Promise((resolve) => {
      const ws = { getUserData: () => data, send() {}, end: (...closed) => resolve(closed) };
      uws.handlers.open(ws);
      t.after(() => uws.handlers.close(ws));
    });
    assert.equal(authorizer.stats().watch.sockets, 1);
    delete sessions.ann;
    assert.deepEqual(await ended, [4401, 'the session has ended']);
    assert.equal(await upgrade(uws, {}), '401 Unauthorized');
    assert.equal(await upgrade(uws, { cookie: cookieOf('ann') }, { isAborted: true }), 'aborted');
  },
};

/**
 * As uWebSockets.js calls it: a request that is dead afterwards, and a response that must not be used once it is aborted.
 * @returns {Promise<object | string>} the data of the WebSocket, or the status
 */
async function upgrade(uws, headers, { isAborted = false } = {}) {
  let isDead = false;
  const alive = (value) => (assert.ok(!isDead, 'the request is dead'), value);
  const req = {
    getUrl: () => alive('/'),
    getQuery: () => alive(undefined),
    forEach: (visit) => Object.entries(alive(headers)).forEach(([name, value]) => visit(name, value)),
  };
  const answer = new Promise((resolve) => {
    let onAborted;
    const used = (value) => (assert.ok(!isAborted, 'the response is dead'), resolve(value));
    const res = {
      onAborted: (listener) => (onAborted = listener),
      cork: (write) => write(),
      writeStatus: (status) => ({ end: () => used(status) }),
      upgrade(data, key) {
        assert.equal(key, headers['sec-websocket-key']);
        used(data);
      },
    };
    uws.handlers.upgrade(res, req, {});
    if (!isAborted) return;
    onAborted();
    setTimeout(resolve, 50, 'aborted');
  });
  isDead = true;
  return answer;
}
