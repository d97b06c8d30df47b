import { socket } from './connection.js';
import { $, element, face } from './dom.js';

let known;

/** Messages, and who comes and goes. Whoever is written to is found by the room of that user. */
export function openMessages(myName) {
  socket.on('said', ({ from, to, text }) => {
    const who = element('small', {}, to ? `${from} to ${to} alone` : from);
    const bubble = element('div', { className: 'bubble' }, who, text);
    add(element('li', { className: from === myName() ? 'said own' : 'said' }, face(from), bubble));
  });
  $('say').addEventListener('submit', (event) => {
    event.preventDefault();
    if ($('text').value.trim() === '') return;
    socket.emit('say', { to: $('to').value || undefined, text: $('text').value });
    $('text').value = '';
  });
}

/** Tells of those who came or left since the last call, and offers everybody else as the one to write to. */
export function followPresent(names, me) {
  for (const name of known ? names : []) if (!known.includes(name)) addNote(`${name} came`);
  for (const name of known ?? []) if (!names.includes(name)) addNote(`${name} left`);
  known = names;
  const others = names.filter((name) => name !== me);
  const chosen = $('to').value;
  $('to').replaceChildren(
    new Option('To everybody', ''),
    ...others.map((name) => new Option(`To ${name}`, name)),
  );
  $('to').value = others.includes(chosen) ? chosen : '';
}

/** For the next one who logs in here: they get nothing of what was said before. */
export function forgetMessages() {
  known = undefined;
  $('messages').replaceChildren();
}

function addNote(text) {
  add(element('li', { className: 'note' }, text));
}

/** The list alone is scrolled: `scrollIntoView` would move the page too. */
function add(item) {
  $('messages').append(item);
  $('messages-box').scrollTop = $('messages-box').scrollHeight;
}
