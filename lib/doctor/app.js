'use strict';

const { openEngine } = require('./engine');
const { NotRun } = require('./errors');
const { refusedBy } = require('./connect');
const { notRun } = require('./result');

/**
 * The app under examination, and what the checks have found out so far. Later checks build on earlier ones.
 * @param {object} settings - see `options.js`
 */
function appOf({ url, path, origin, cookie, namespaces, timeout }) {
  return {
    url,
    origin,
    cookie,
    namespaces,
    target: { origin: url.origin, path, timeout },
    isReached: false,
    /** Why a handshake without a cookie is refused. */
    guard: undefined,
    /** What `opened` needed: the cookie, where the handshake is guarded. */
    handshakeHeaders: {},
    /** Session cookies that the pages and the handshake set. */
    cookies: [],
    engineCookies: [],
    /** Verdicts by namespace, without a cookie and with it. */
    guests: new Map(),
    /** Namespaces that the server does not know. */
    missing: new Set(),
    users: new Map(),
    transport() {
      return this.isPollingOff || this.hasWebSocket ? 'websocket' : 'polling';
    },
  };
}

function needsEngine(app) {
  if (!app.isReached) throw new NotRun('Engine.IO does not answer');
}

/** For checks of the transports: a guarded handshake hides them. */
function needsHandshake(app) {
  needsEngine(app);
  if (!app.opened) throw new NotRun('the handshake is refused: give --cookie of somebody who is logged in');
}

/** Opens a session as the first handshake was. Rejects with an error that has `refused`, the answer in place of a session. */
async function openHere(app, transport) {
  const { protocol, handshakeHeaders: headers } = app;
  const session = await openEngine(app.target, { transport, protocol, headers });
  if (session.opened) return session;
  const { status, reason } = refusedBy(session.refused);
  throw Object.assign(new NotRun(`a second handshake was answered ${status}: ${reason}`), {
    refused: session.refused,
  });
}

/**
 * Runs a check for each namespace that is there. One that does not answer does not keep the others from it.
 * @param {object} app
 * @param {(namespace: string) => Promise<object | undefined>} check
 */
async function ofNamespaces(app, check) {
  const results = [];
  for (const namespace of app.namespaces) {
    if (app.missing.has(namespace)) continue;
    try {
      results.push({ ...(await check(namespace)), namespace });
    } catch (error) {
      if (!(error instanceof NotRun)) throw error;
      results.push({ ...notRun(`${namespace}: ${error.message}`), namespace });
    }
  }
  return results;
}

module.exports = { appOf, needsEngine, needsHandshake, ofNamespaces, openHere };
