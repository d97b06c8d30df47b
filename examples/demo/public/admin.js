import { socket } from './connection.js';
import { $, clock, drawnOnChange, element } from './dom.js';
import { attempt } from './tries.js';

let banned = [];
let rows = [];

/** The table of all sockets, which the server sends to admins alone. */
export function openAdmin() {
  socket.on('admin', (sockets) => {
    rows = sockets;
    draw({ rows, banned });
  });
}

export function showAdmin(isAdmin) {
  $('admin').hidden = !isAdmin;
}

export function followBanned(names) {
  banned = names;
  draw({ rows, banned });
}

const draw = drawnOnChange(() => {
  const focused = document.activeElement?.dataset.key;
  const gone = banned.filter((name) => !rows.some((row) => row.name === name));
  $('sockets').replaceChildren(...rows.map(socketRow), ...gone.map(bannedRow));
  if (focused) refocus(focused);
});

/** The table is drawn anew while somebody may be in it with the keyboard. */
function refocus(key) {
  const buttons = [...$('sockets').querySelectorAll('button')];
  const same = buttons.find(({ dataset }) => dataset.key === key);
  (same ?? $('sockets').closest('.wide')).focus();
}

function socketRow({ id, name, transport, rooms, since }) {
  const cells = [element('code', {}, id), transport, rooms.join(', '), clock(since)];
  const own = id === socket.id;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, own ? `${name} (you)` : name),
    // Before the others: a phone shows no more than two.
    element('td', {}, endButton(id, name), own ? '' : banButton(name)),
    ...cells.map((content) => element('td', {}, content)),
  );
}

function bannedRow(name) {
  const nothing = element('td', { colSpan: 4 }, 'banned: no session, and no log-in');
  const who = element('th', { scope: 'row' }, name);
  return element('tr', {}, who, element('td', {}, banButton(name)), nothing);
}

function endButton(id, name) {
  return button('End', `End the socket ${id} of ${name}`, () => socket.emit('end', { id }));
}

function banButton(name) {
  const [word, action] = banned.includes(name) ? ['Pardon', 'pardon'] : ['Ban', 'ban'];
  return button(word, `${word} ${name}`, () => attempt(action, { name }));
}

function button(text, label, press) {
  const made = element('button', { type: 'button', ariaLabel: label }, text);
  made.dataset.key = label;
  made.addEventListener('click', press);
  return made;
}
