'use strict';

const { openEngine, protocolOf } = require('../engine');
const { Unanswered } = require('../errors');
const { LINKS, ok, problem, warning } = require('../result');
const { isTooLarge, refusedBy } = require('../connect');
const { TRANSPORT_UNKNOWN, whyNoEngine } = require('../no-engine');

/** Codes of Engine.IO's own refusals. */
const FORBIDDEN = 4;
const UNSUPPORTED_PROTOCOL = 5;
/** What Engine.IO itself answers to a WebSocket; another text is that of the app's allowRequest. */
const OWN_TEXTS = ['Bad request', 'Transport unknown', 'Session ID unknown', 'Unsupported protocol version'];

/** Whether Engine.IO answers at the path, in which protocol, and whether it wants a cookie for that. */
async function reach(app) {
  const first = await openedBy(app, {});
  if (first.session) return settled(app, first);
  if (!isGuarded(first)) return whyNoEngine(app, first.refused);
  app.guard = first.verdict.reason;
  // An app that guards the handshake shows the rest only to somebody whom it knows.
  const second = app.cookie === undefined ? undefined : await openedBy(app, { cookie: app.cookie });
  if (second?.session) {
    app.handshakeHeaders = { cookie: app.cookie };
    return settled(app, second);
  }
  app.isReached = true;
  app.isPollingOff = first.transport === 'websocket';
  app.protocol = 4;
  const what = `${where(app)} answers, and refuses a handshake ${app.cookie === undefined ? 'without a cookie' : 'even with the cookie'}: ${app.guard}`;
  return first.verdict.engineCode === FORBIDDEN || first.verdict.status === 400
    ? ok(what)
    : warning(what, 'If this is no answer of your app, look at the proxy in front of it.', LINKS.proxy);
}

/** A handshake by any transport and protocol that the server takes. */
async function openedBy(app, headers) {
  let refused;
  for (const [transport, protocol] of [
    ['polling', 4],
    ['polling', 3],
    ['websocket', 4],
    ['websocket', 3],
  ]) {
    const session = await opened(app, { transport, protocol, headers });
    // Polling was answered, so it is only the WebSocket that does not come through.
    if (session === undefined) break;
    if (session.opened) return { session, transport, protocol };
    const verdict = refusedBy(session.refused);
    // The last refusal that is not about transport and protocol says most.
    const isAboutProtocol = [TRANSPORT_UNKNOWN, UNSUPPORTED_PROTOCOL].includes(verdict.engineCode);
    if (!isAboutProtocol && (transport === 'polling' || isOfAllowRequest(verdict)))
      return { refused: session.refused, verdict, transport };
    refused ??= { refused: session.refused, verdict };
  }
  return refused;
}

async function opened(app, options) {
  try {
    return await openEngine(app.target, options);
  } catch (error) {
    if (options.transport === 'polling' || !(error instanceof Unanswered)) throw error;
    return undefined;
  }
}

async function settled(app, { session, transport, protocol }) {
  app.isReached = true;
  app.opened = session.opened;
  app.protocol = transport === 'polling' ? Math.min(protocol, protocolOf(session.answer.text)) : protocol;
  app.isPollingOff = transport === 'websocket';
  app.engineCookies = session.answer?.setCookies ?? [];
  await session.end();
  const version = app.protocol === 4 ? 'Socket.IO 3 or 4' : 'Socket.IO 1 or 2';
  const guard = app.guard === undefined ? '' : `; without the cookie: ${app.guard}`;
  return ok(`${where(app)} answers: Engine.IO protocol ${app.protocol} (${version})${guard}`);
}

function isGuarded({ verdict }) {
  if (isTooLarge(verdict)) return false;
  return verdict.engineCode === FORBIDDEN || [401, 403].includes(verdict.status) || isOfAllowRequest(verdict);
}

/** allowRequest answers 403 to polling; to a WebSocket 400, and its own text. */
function isOfAllowRequest({ status, engineCode, reason }) {
  return (
    status === 400 && engineCode === undefined && !OWN_TEXTS.includes(reason) && !reason.startsWith('HTTP ')
  );
}

function where({ target }) {
  return `${target.origin}${target.path}`;
}

/** A server that nobody reaches is what the doctor was asked about: this is a problem, not a check that could not run. */
async function run(app) {
  try {
    return await reach(app);
  } catch (error) {
    if (error.code === undefined) throw error;
    return problem(`${where(app)} does not answer: ${error.message}`, ...adviceFor(error.code, app));
  }
}

function adviceFor(code, { target }) {
  if (/CERT|SELF_SIGNED|VERIFY|ISSUER|ALTNAME|SSL|TLS/.test(code))
    return ['If the certificate is right, name its authority in NODE_EXTRA_CA_CERTS.', LINKS.certificates];
  if (code === 'TIMEOUT' || code === 'CLOSED')
    return [
      `Nothing answers at this path, as when Socket.IO is attached with another: compare path of server and client with ${target.path}, or give --path.`,
      LINKS.codes,
    ];
  return ['Is the app running, and are host and port those that it listens on?', LINKS.codes];
}

module.exports = { id: 'reach', run };
