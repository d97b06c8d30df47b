'use strict';

const { openEngine } = require('./engine');
const { Unanswered } = require('./errors');
const { jsonOf, oneLine } = require('./text');

/** Before the answer there are at most events and pings. */
const MOST_PACKETS = 100;

/**
 * Connects to a namespace, as a client does.
 * @typedef {{ isAccepted: boolean, isAtHandshake?: boolean, status?: number, reason?: string }} Verdict
 * @param {object} app - see `examine`
 * @param {{ namespace: string, transport?: string, cookie?: string, headers?: object }} visitor
 * @returns {Promise<Verdict>} rejects with `Unanswered`
 */
async function connect(app, { namespace, transport = app.transport(), cookie, headers }) {
  const { protocol } = app;
  // A browser names the page with each WebSocket; a page of another site comes with headers of its own.
  const page = app.origin && { origin: app.origin.origin };
  const all = { ...(headers ?? page), ...(cookie !== undefined && { cookie }) };
  const session = await openEngine(app.target, { transport, protocol, headers: all });
  if (session.refused) return refusedBy(session.refused);
  try {
    return await verdictOf(session, { namespace, protocol });
  } finally {
    await session.end();
  }
}

async function verdictOf(session, { namespace, protocol }) {
  const isMain = namespace === '/';
  // Protocol 3 connects to the main namespace unasked, and to another only after that.
  if (protocol === 4 || !isMain)
    await session.send(isMain ? '40' : `40${namespace}${protocol === 4 ? ',' : ''}`);
  const next = packetsOf(session);
  for (;;) {
    const packet = await next();
    const [, type, of = '/', data] = /^4([04])(?:(\/[^,]*),?)?(.*)$/s.exec(packet) ?? [];
    if (type === undefined) continue;
    const isOther = of !== namespace;
    if (type === '4' && (!isOther || of === '/')) return { isAccepted: false, reason: reasonIn(data) };
    if (type === '0' && !isOther) return { isAccepted: true };
  }
}

/** A server that goes away has not answered, and neither has one that says other things without end. */
function packetsOf(session) {
  let left = MOST_PACKETS;
  return async () => {
    const packet = left-- > 0 ? await session.next() : null;
    if (packet === null) throw new Unanswered('the server closed the session without an answer', 'CLOSED');
    return packet;
  };
}

/** What a client is told: `{ message, data }` since Socket.IO 3, before it a text, or `data` alone. */
function reasonIn(text) {
  const value = jsonOf(text);
  const reason = value?.data?.code ?? value?.message ?? value?.code ?? value;
  return oneLine(typeof reason === 'object' ? text : (reason ?? text));
}

/** What an HTTP answer says in place of a session. */
function refusedBy({ status, text }) {
  const value = jsonOf(text);
  const said = value?.message ?? value?.code ?? (text.trim().startsWith('<') ? '' : text);
  return {
    isAccepted: false,
    isAtHandshake: true,
    status,
    engineCode: typeof value?.code === 'number' ? value.code : undefined,
    reason: oneLine(said) || `HTTP ${status}`,
  };
}

/** Node says it by a status, nginx in words. */
function isTooLarge({ status, reason }) {
  return status === 431 || /header or cookie too large/i.test(reason);
}

module.exports = { connect, isTooLarge, refusedBy };
