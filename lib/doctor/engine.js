'use strict';

const { URL } = require('node:url');
const { Unanswered } = require('./errors');
const { ask } = require('./http');
const { jsonOf } = require('./text');
const { openWebSocket } = require('./websocket');

/** Packets of protocol 4 stand between these. */
const SEPARATOR = '\x1e';
const OPEN = '0';
const CLOSE = '1';

/**
 * @typedef {{ origin: string, path: string, timeout: number }} Target
 * @param {Target} target
 * @param {object} query
 */
function engineUrl({ origin, path }, { protocol, ...query }) {
  const url = new URL(path, origin);
  url.searchParams.set('EIO', String(protocol));
  // Without it Socket.IO 1 answers in binary, whichever protocol it is asked for.
  url.searchParams.set('b64', '1');
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/**
 * Begins an Engine.IO session.
 * @param {Target} target
 * @param {{ transport: 'polling' | 'websocket' | 'jsonp', protocol: 3 | 4, headers?: object }} options
 * @returns {Promise<{ refused: object } | { opened: object, send: Function, next: Function, end: Function, post?: Function }>}
 *   `opened` is what the server says of the session; `next()` gives a packet, or null when there will be none
 */
async function openEngine(target, options) {
  return options.transport === 'websocket' ? overWebSocket(target, options) : overPolling(target, options);
}

async function overWebSocket(target, { protocol, headers }) {
  const { timeout } = target;
  const url = engineUrl(target, { protocol, transport: 'websocket' });
  const channel = await openWebSocket(url, { headers, timeout });
  if (channel.refused) return channel;
  const first = await channel.next();
  const opened = openedBy(first ?? '');
  if (opened) return { ...channel, opened };
  channel.end();
  return { refused: { status: 101, headers: {}, setCookies: [], text: first ?? '' } };
}

async function overPolling(target, { protocol, headers, transport }) {
  const { timeout } = target;
  const isJsonp = transport === 'jsonp';
  const query = { protocol, transport: 'polling', ...(isJsonp && { j: '0' }) };
  const read = (text) => packetsOf(isJsonp ? unwrapped(text) : text);
  const answer = await ask(engineUrl(target, query), { headers, timeout });
  const packets = read(answer.text);
  // A server of protocol 3 speaks it whatever it is asked for.
  const hasLengths = protocol === 3 || protocolOf(answer.text) === 3;
  const opened = answer.status === 200 ? openedBy(packets.shift() ?? '') : undefined;
  if (!opened) return { refused: answer };

  const withSid = engineUrl(target, { ...query, sid: opened.sid });
  // A balancer may recognise a session by a cookie that it sets, as browsers send it back.
  const cookie = [headers?.cookie, ...answer.setCookies.map((each) => each.split(';')[0])].filter(Boolean);
  const sent = { ...headers, ...(cookie.length > 0 && { cookie: cookie.join('; ') }) };
  const post = (packet) => {
    const text = hasLengths ? `${packet.length}:${packet}` : packet;
    const type = isJsonp ? 'application/x-www-form-urlencoded' : 'text/plain;charset=UTF-8';
    return ask(withSid, {
      method: 'POST',
      headers: { ...sent, 'content-type': type },
      body: isJsonp ? `d=${encodeURIComponent(text)}` : text,
      timeout,
    });
  };
  return {
    answer,
    opened,
    post,
    async send(packet) {
      const { status } = await post(packet);
      if (status !== 200) throw new Unanswered(`a polling request was answered ${status}`, 'CLOSED');
    },
    async next() {
      if (packets.length === 0) {
        const { status, text } = await ask(withSid, { headers: sent, timeout });
        if (status === 200) packets.push(...read(text));
      }
      return packets.shift() ?? null;
    },
    // Left open, a session would stay on the server until its time-out.
    end: () => post(CLOSE).catch(() => {}),
  };
}

/** Both formats: that of protocol 3 has lengths. */
function packetsOf(text) {
  if (!/^\d+:/.test(text)) return text.split(SEPARATOR);
  const packets = [];
  for (let at = 0; at < text.length;) {
    const colon = text.indexOf(':', at);
    const length = Number(text.slice(at, colon));
    if (colon < 0 || !(length > 0)) break;
    packets.push(text.slice(colon + 1, colon + 1 + length));
    at = colon + 1 + length;
  }
  return packets;
}

function unwrapped(text) {
  const [, literal] = /^(?:\/\*\*\/)?___eio\[0\]\((".*")\);?$/s.exec(text) ?? [];
  return (literal && jsonOf(literal)) ?? '';
}

function openedBy(packet) {
  const data = packet[0] === OPEN ? jsonOf(packet.slice(1)) : undefined;
  return typeof data?.sid === 'string' ? data : undefined;
}

/** The protocol of the server, as its answer to a handshake by polling shows: one of protocol 3 ignores what it is asked for. */
function protocolOf(text) {
  return /^\d+:0\{/.test(text) ? 3 : 4;
}

module.exports = { openEngine, protocolOf };
