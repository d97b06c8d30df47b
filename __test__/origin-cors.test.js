'use strict';

// The option origin as 'cors': what the Socket.IO server's own cors allows.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { isLetIn, requestOf, stage } = require('./support/origins');
const { warningsDuring } = require('./support/proof');
const { handshake } = require('./support/visit');

/** `cors` of a server, and which origins of another host it allows. */
const APP = 'https://app.example.com';
const CORS = [
  [undefined, []],
  [false, []],
  [{ origin: false }, []],
  [{ origin: APP }, [APP]],
  [{ origin: [APP, /\.dev$/g] }, [APP, 'https://a.dev']],
  [{ origin: ['*'] }, []],
  [{ origin: /^https:\/\/app\./g }, [APP]],
  [{ origin: (origin, done) => done(null, origin === APP) }, [APP]],
  [{ origin: (origin, done) => setTimeout(done, 1, null, [APP]) }, [APP]],
  [{ origin: (origin, done) => done(new Error('no'), true) }, []],
  [(request, done) => done(null, { origin: request.headers.host && APP }), [APP]],
  [(request, done) => done(new Error('no')), []],
  [{ origin: '*' }, [APP, 'https://a.dev', 'https://evil.com']],
  [{ origin: true }, [APP, 'https://a.dev', 'https://evil.com']],
  [{}, [APP, 'https://a.dev', 'https://evil.com']],
];

test("'cors': the same host, and what the server's own cors allows, in all its forms", async () => {
  for (const [cors, allowed] of CORS) {
    const server = { engine: { opts: { cors } } };
    assert.ok(await isLetIn({ origin: 'cors' }, requestOf('https://chat.example.com'), server));
    for (const origin of [APP, 'https://a.dev', 'https://evil.com']) {
      for (let i = 0; i < 2; i++) {
        const isIn = await isLetIn({ origin: 'cors' }, requestOf(origin), server);
        assert.equal(isIn, allowed.includes(origin), `${origin} with ${String(JSON.stringify(cors))}`);
      }
    }
  }
});

test("'cors' under a bare allowRequest: the same host alone, with a warning that says so", async (t) => {
  // Warnings of the test before come at the end of the turn.
  await new Promise(setImmediate);
  const codes = warningsDuring(t);
  const { authorizer } = stage({ origin: 'cors' });
  const come = (origin) => handshake(authorizer, { ...requestOf(origin), method: 'GET' });
  assert.equal((await come('https://chat.example.com')).accepted, true);
  await new Promise(setImmediate);
  assert.deepEqual(codes, []);
  const warned = once(process, 'warning');
  assert.equal((await come(APP)).accepted, false);
  assert.match((await warned)[0].message, /allowRequest.*same host/s);
  await come(APP);
  await new Promise(setImmediate);
  assert.deepEqual(codes, ['CORS_NOT_SEEN']);
});
