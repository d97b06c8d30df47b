import { io } from '/socket.io/socket.io.esm.min.js';

/** Nobody was refused for what they are: the server could not look. */
const TRY_AGAIN = new Set(['STORE_ERROR', 'STORE_TIMEOUT', 'OVERLOADED']);
const TRY_AGAIN_AFTER_MS = 1_500;

// The browser sends the page's session cookie with the handshake: there is nothing to pass here.
// WebSocket first, because a refusal in the middle of an upgrade from polling is an error in the browser's console.
export const socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true });

/** A new handshake, and so with the cookie of now. */
export function connectAgain() {
  socket.disconnect().connect();
}

/**
 * Tells what becomes of the connection.
 * @param {object} told
 * @param {(me: object) => void} told.inside - let in
 * @param {(why: { code: string, message: string, ended?: string }) => void} told.outside - refused; `ended` says why the
 * connection before it was ended
 * @param {(text: string) => void} told.away - neither: it is tried again
 * @param {(by: string) => void} told.thrownOut - an admin has ended this socket; the session is still good
 */
export function follow({ inside, outside, away, thrownOut }) {
  let ended;
  socket.on('welcome', (me) => {
    ended = undefined;
    inside(me);
  });
  socket.on('connect_error', ({ message, data }) => {
    // Without `data` nobody was there to refuse: Socket.IO tries again by itself.
    if (!data) return away('the server is away, trying again');
    if (TRY_AGAIN.has(data.code)) {
      setTimeout(() => socket.connected || connectAgain(), TRY_AGAIN_AFTER_MS);
      return away(`${data.code}, trying again`);
    }
    outside({ message, code: data.code, ended: ended?.reason });
  });
  socket.on('ended', (why) => (ended = why));
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return;
    if (reason !== 'io server disconnect') return away('disconnected, trying again');
    if (ended?.reason === 'by-admin') thrownOut(ended.by);
    // The session may have another user now, who is let in; else the refusal is shown.
    else socket.connect();
  });
}
