import { connectAgain, socket } from './connection.js';

const ENDED_WITHIN_MS = 5_000;

/** @returns {Promise<string | undefined>} what is wrong, if something is */
export async function logIn(username, password) {
  const body = new URLSearchParams({ username, password });
  const response = await fetch('/login', { method: 'POST', headers: { accept: 'application/json' }, body });
  if (response.ok) return connectAgain();
  const { message } = await response.json().catch(() => ({}));
  return message ?? 'There is nobody with this name and password.';
}

/**
 * Logs out as another tab would: by a request, while this page's socket stays open until the server ends it.
 * @returns {Promise<{ wrong?: string, hadSocket: boolean, ms?: number }>} what is wrong, if something is; else the milliseconds
 * from the request to the end of the socket, none if it stays open
 */
export async function logOut() {
  const hadSocket = socket.connected;
  const end = hadSocket && ended();
  const start = performance.now();
  const response = await fetch('/logout', { method: 'POST', headers: { accept: 'application/json' } });
  if (!response.ok) return { hadSocket, wrong: (await response.json()).message };
  // An admin has ended it before, or the server was away: nothing else tells this page that its session is over.
  if (!hadSocket) connectAgain();
  const at = await end;
  return { hadSocket, ms: at ? at - start : undefined };
}

/** When the socket ended; undefined if it has not within some seconds. */
function ended() {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ENDED_WITHIN_MS);
    socket.once('disconnect', () => {
      clearTimeout(timer);
      resolve(performance.now());
    });
  });
}
