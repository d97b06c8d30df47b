import { logIn } from './account.js';
import { $, drawnOnChange, element, face } from './dom.js';

const ENDED = {
  destroyed: 'Your session was logged out or destroyed, and the server ended this page’s socket.',
  expired: 'Your session has expired, and the server ended this page’s socket.',
  'logged-out': 'Your session was logged out, and the server ended this page’s socket.',
  'user-changed': 'Another user is in your session, and the server ended this page’s socket.',
};

let focusMessage = false;

/** The log-in: a button for each person, and a form for those who want to type. */
export function offerPeople(people) {
  $('choices').replaceChildren(...people.map(choice));
  $('by-hand').addEventListener('submit', (event) => {
    event.preventDefault();
    const { username, password } = event.target.elements;
    enter(username.value, password.value);
  });
}

export function showRoom({ name, isAdmin, rooms }) {
  show('room', 'in', `connected as ${name}`);
  $('rooms').replaceChildren(
    `You are ${name}${isAdmin ? ', an admin' : ''}, and in `,
    ...rooms.flatMap((room, i) => [i > 0 ? ', ' : '', element('code', {}, room)]),
  );
  if (focusMessage) $('text').focus();
  focusMessage = false;
}

export function showLogIn({ code, message, ended }) {
  show('log-in', 'out', 'not connected');
  const before = ended
    ? `${ENDED[ended] ?? ''} Its next connection was refused: `
    : 'Your socket was refused: ';
  $('why').replaceChildren(before, `${message} (`, element('code', {}, code), ').');
}

/** What was shown stays: it is tried again, and nobody has to do anything. */
export function showAway(text) {
  $('state').className = 'state out';
  $('state').textContent = text;
  $('unknown').hidden = !($('room').hidden && $('log-in').hidden);
}

export function showThrownOut(by, again) {
  showAway(`${by} has ended this socket`);
  const button = element('button', { type: 'button' }, 'Connect again');
  button.addEventListener('click', () => {
    // The button goes away, and the focus with it.
    focusMessage = true;
    again();
  });
  $('state').append(button);
}

/** `[{ name, sockets }]`: who is connected, by the package's index of sockets. */
export const showPresent = drawnOnChange(({ people, me }) => {
  $('present').replaceChildren(...people.map((one) => person(one, me)));
  if (people.length === 0) $('present').append(element('li', { className: 'nobody' }, 'Nobody.'));
});

function show(section, state, text) {
  const before = $('room').hidden ? 'log-in' : 'room';
  for (const id of ['log-in', 'room']) $(id).hidden = id !== section;
  $('unknown').hidden = true;
  $('log-out').hidden = section !== 'room';
  $('state').className = `state ${state}`;
  $('state').textContent = text;
  if (section === 'log-in' && before === 'room') rescueFocus();
}

/** Where the focus was may be gone now. */
function rescueFocus() {
  const focused = document.activeElement;
  if (focused === document.body || focused?.closest('[hidden]'))
    $('choices').querySelector('button')?.focus();
}

async function enter(username, password) {
  focusMessage = true;
  $('wrong').textContent = '';
  const wrong = await logIn(username, password);
  if (wrong === undefined) return;
  focusMessage = false;
  $('wrong').textContent = wrong;
}

function choice({ name, password, isAdmin }) {
  const button = element(
    'button',
    { type: 'button' },
    face(name),
    element('strong', {}, name),
    element('code', {}, password),
    element('small', {}, isAdmin ? 'admin' : 'user'),
  );
  button.addEventListener('click', () => enter(name, password));
  return button;
}

function person({ name, sockets }, me) {
  const count = element('small', {}, sockets === 1 ? '1 socket' : `${sockets} sockets`);
  return element('li', {}, face(name), element('div', {}, name === me ? `${name} (you)` : name, count));
}
