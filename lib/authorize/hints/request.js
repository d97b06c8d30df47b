'use strict';

const FREED =
  'The socket has no request any more, and so no cookies: the app has freed it (conn.request = null, to save memory) before ' +
  'the authorizer was asked. Free it in the connection handler of the namespace that a client connects to last.';
const WEBTRANSPORT =
  'The client connects over WebTransport, where Socket.IO has no request and no cookies: leave webtransport out of the ' +
  'transports, or let the client begin with polling or websocket.';

/**
 * Why there are no headers at all.
 * @param {import('./index').Refusal} refusal
 */
function whyFreed({ socket }) {
  if (socket === undefined || socket.request != null) return undefined;
  return socket.conn?.transport?.name === 'webtransport' ? WEBTRANSPORT : FREED;
}

module.exports = { whyFreed };
