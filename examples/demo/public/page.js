'use strict';

const $ = (id) => document.getElementById(id);
const LOOK_UP = { redis: 'by the addon itself, from Redis', store: 'through the session store' };
const WATCH = { tracking: 'told by Redis', poll: 'found by asking the store again and again' };
const HUES = { alice: 255, bob: 160, carol: 335 };

// The browser sends the page's session cookie with the handshake: there is nothing to pass here.
// WebSocket first, because a refusal in the middle of an upgrade from polling is an error in the browser's console.
const socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true });
let me;
let known;

socket.on('welcome', ({ name }) => {
  me = name;
  show('room', 'in', `connected as ${name}`);
  tellAbout();
});

socket.on('connect_error', (error) => {
  // Without `data` nobody was there to refuse: Socket.IO tries again by itself.
  if (!error.data) return show(me ? 'room' : undefined, 'out', 'the server is away, trying again');
  show('log-in', 'out', 'not connected');
  $('why').textContent = `The socket was refused: ${error.message} (${error.data.code}).`;
});

socket.on('disconnect', (reason) => {
  if (reason !== 'io server disconnect') return show('room', 'out', 'disconnected, trying again');
  show('log-in', 'out', 'not connected');
  $('why').textContent =
    'The server has ended this connection: its session was logged out, here or in another tab.';
});

socket.on('present', (people) => {
  $('present').replaceChildren(...people.map(person));
  const names = people.map(({ name }) => name);
  for (const name of known ? names : []) if (!known.includes(name)) add(note(`${name} came`));
  for (const name of known ?? []) if (!names.includes(name)) add(note(`${name} left`));
  known = names;
  const chosen = $('to').value;
  const others = names.filter((name) => name !== me);
  $('to').replaceChildren(
    new Option('To everybody', ''),
    ...others.map((name) => new Option(`To ${name}`, name)),
  );
  $('to').value = others.includes(chosen) ? chosen : '';
});

socket.on('said', ({ from, to, text }) => {
  const bubble = element('div', 'bubble', element('small', '', to ? `${from} to ${to} alone` : from), text);
  add(element('li', from === me ? 'said own' : 'said', face(from), bubble));
});

$('say').addEventListener('submit', (event) => {
  event.preventDefault();
  socket.emit('say', { to: $('to').value, text: $('text').value });
  $('text').value = '';
});

tellAbout();
$('wrong').hidden = location.search !== '?wrong';
const elsewhere = new URL(location.origin);
elsewhere.hostname = location.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
$('elsewhere').href = elsewhere.href;
$('elsewhere').textContent = elsewhere.host;

/** What looks the sessions up may be another thing after a few connections. */
async function tellAbout() {
  const { people, sessions, backend, watch } = await (await fetch('/about')).json();
  $('about').textContent =
    `Sessions: ${sessions}. Look-up for each connection: ${LOOK_UP[backend.kind]} (${backend.reason}). ` +
    (watch.tier ? `The end of a session: ${WATCH[watch.tier]}.` : '');
  $('choices').replaceChildren(...people.map(choice));
}

function show(section, state, text) {
  for (const id of ['log-in', 'room']) $(id).hidden = id !== section;
  $('log-out').hidden = section !== 'room';
  $('state').className = `state ${state}`;
  $('state').textContent = text;
}

function choice({ name, password }) {
  const button = element('button', '', face(name), name, element('code', '', password));
  button.type = 'button';
  button.addEventListener('click', () => {
    $('log-in').username.value = name;
    $('log-in').password.value = password;
    $('log-in').querySelector('.main-button').focus();
  });
  return button;
}

function person({ name, sockets }) {
  const count = element('small', '', sockets === 1 ? '1 connection' : `${sockets} connections`);
  return element('li', '', face(name), element('div', '', name === me ? `${name} (you)` : name, count));
}

function note(text) {
  return element('li', 'note', text);
}

function face(name) {
  const circle = element('span', 'face', name[0].toUpperCase());
  circle.style.setProperty('--hue', HUES[name]);
  circle.setAttribute('aria-hidden', 'true');
  return circle;
}

function add(item) {
  $('messages').append(item);
  item.scrollIntoView({ block: 'nearest' });
}

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}
