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
 * @returns {Promise<number | undefined>} the milliseconds from the request to the end of the socket; none if it stays open
 */
export async function logOut() {
  const end = ended();
  const start = performance.now();
  await fetch('/logout', { method: 'POST', headers: { accept: 'application/json' } });
  const at = await end;
  return at && at - start;
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
