'use strict';

// docs/live-sessions.md

const assert = require('node:assert/strict');
const { RedisStore } = require('connect-redis');
const express = require('express');
const passport = require('passport');
const { authorize } = require('../../../..');
const { browse } = require('../../frameworks');
const { until } = require('../../live/app');
const { adminOf, redisFor } = require('../../redis-store');
const { USERS, openSite, requireWith, runWith } = require('../site');

/** Sessions of these sites are in memory, and are asked for as often as possible. */
const often = (options) => authorize({ recheckEvery: 100, ...options });

module.exports = {
  disconnect: async (t, { code }) => {
    const site = await openSite(t);
    site.run(code, { require: requireWith({ authorize: often }) });
    site.greet();
    const [ann, bob] = [await site.visit(site.ann), await site.visit(site.bob)];
    const gone = end(ann.socket);
    site.sessionStore.destroy(idOf(site, 'ann'));
    assert.equal(await gone, 'io server disconnect');
    assert.ok(bob.socket.connected);
  },

  client: async (t, { code }) => {
    const site = await openSite(t);
    site.authorize({ onSessionEnd: 'disconnect', recheckEvery: 100 });
    site.greet();
    const location = { href: '/chat' };
    const { socket } = await site.visit(site.ann);
    runWith(code, { socket, location });

    // Another tab logs in as Bob.
    const welcome = new Promise((resolve) => socket.once('welcome', resolve));
    socket.io.opts.extraHeaders.cookie = site.bob;
    site.sessionStore.destroy(idOf(site, 'ann'));
    assert.equal(await welcome, 'bob');
    assert.equal(location.href, '/chat');

    site.sessionStore.destroy(idOf(site, 'bob'));
    await until(() => location.href === '/login');
  },

  expired: async (t, { code }) => {
    const site = await openSite(t);
    let authorizer;
    const noted = (options) => (authorizer = often(options));
    site.run(code, { require: requireWith({ authorize: noted }) });
    site.greet();
    const [ann, bob] = [await site.visit(site.ann), await site.visit(site.bob)];
    const id = idOf(site, 'ann');
    const session = JSON.parse(site.sessionStore.sessions[id]);
    session.cookie.expires = new Date(Date.now() + 500);
    site.sessionStore.sessions[id] = JSON.stringify(session);
    await until(() => authorizer.stats().watch.ended.expired === 1);
    const gone = end(bob.socket);
    site.sessionStore.destroy(idOf(site, 'bob'));
    assert.equal(await gone, 'io server disconnect');
    assert.ok(ann.socket.connected);
  },

  ban: async (t, { code }) => {
    const client = await adminOf(t, await redisFor(t));
    const sessionStore = new RedisStore({ client });
    const site = await openSite(t, { withSessions: false, sessionStore });
    site.run('app.use(sessionMiddleware, passport.session());');
    const withIds = { authenticate: () => [logInOf, withId] };
    const given = { client, express, passport: withIds };
    const endSessionsOf = await site.run(`${code}\nreturn endSessionsOf;`, given);
    site.authorize({ onSessionEnd: 'disconnect' });
    site.greet();
    const logIn = (username) => browse(`${site.url}/login`, { form: { username, password: 'any' } });
    const anns = [await logIn('ann'), await logIn('ann')];
    const sockets = [];
    for (const cookie of [...anns, await logIn('bob')]) sockets.push((await site.visit(cookie)).socket);
    const gone = sockets.slice(0, 2).map(end);
    await endSessionsOf(USERS.ann.id);
    assert.deepEqual(await Promise.all(gone), Array(2).fill('io server disconnect'));
    assert.ok(sockets[2].connected);
    assert.equal((await site.visit(anns[0])).refused?.data.code, 'SESSION_NOT_FOUND');
    assert.deepEqual(await client.keys('sessions-of:42'), []);
  },
};

const logInOf = passport.authenticate('local');

/** The log-in of the site knows only names. */
function withId(req, _res, next) {
  req.user = USERS[req.user.name];
  next();
}

function end(socket) {
  return new Promise((resolve) => socket.once('disconnect', resolve));
}

/** The id of the session of a user, in a MemoryStore. */
function idOf({ sessionStore }, name) {
  return Object.entries(sessionStore.sessions).find(([, text]) => text.includes(`"${name}"`))[0];
}
