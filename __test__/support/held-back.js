'use strict';

const assert = require('node:assert/strict');
const { startRedis } = require('../../scripts/support/redis-server');
const { assertAdmitted } = require('./proof');
const { openStore, sessionOf } = require('./stores');
const { cookieOf, visit } = require('./visit');

const TIMES = 200;
const GOOD = Array.from({ length: 20 }, (_, i) => `good-${i}`);

/** A Redis with many valid sessions, and a revoked one. */
function heldBackScene() {
  let opened;
  return {
    redis: undefined,
    async start() {
      this.redis = await startRedis();
      opened = await openStore(10, 'node-redis 6', { host: this.redis.host, port: this.redis.port });
      const { client } = opened;
      for (const name of GOOD) {
        await client.set(`sess:${name}`, JSON.stringify({ ...sessionOf(name), createdAt: Date.now() }));
      }
      await client.set(
        'sess:revoked',
        JSON.stringify({ ...sessionOf('revoked'), revoked: true, createdAt: 0 }),
      );
      return { client };
    },
    /** A store over a client of its own, closed with the test. */
    async open(t, version, name) {
      const own = await openStore(version, name, { host: this.redis.host, port: this.redis.port });
      t.after(own.close);
      return own;
    },
    async stop() {
      await opened?.close();
      await this.redis?.stop();
    },
  };
}

/** 200 times, one session is refused among many that are admitted. Look-ups stay with the store, for this reason. */
async function assertHeldBack(authorizer, reason, { sid = 'revoked', within = (visits) => visits() } = {}) {
  for (let i = 0; i < TIMES; i++) {
    const good = [0, 1, 2, 3].map((k) => {
      const name = GOOD[(4 * i + k) % GOOD.length];
      return assertAdmitted(authorizer, name, name);
    });
    const [{ error }] = await Promise.all([within(() => visit(authorizer, cookieOf(sid))), ...good]);
    assert.equal(error?.code, 'SESSION_NOT_FOUND', `let in at connection ${i}`);
  }
  assert.equal(authorizer.backend.kind, 'store');
  assert.match(authorizer.backend.reason, reason);
  assert.match(authorizer.backend.reason, /give the option redis/);
}

module.exports = { GOOD, TIMES, assertHeldBack, heldBackScene };
