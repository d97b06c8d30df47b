import { logOut } from './account.js';
import { $, drawnOnChange, element, milliseconds, shortened } from './dom.js';

/** `from`: whose name the button needs. `free`: whether nobody has to be logged in for it. */
const TRIES = [
  {
    id: 'no-cookie',
    label: 'Connect without a cookie',
    about: 'A stranger, straight to the socket.',
    free: () => true,
  },
  { id: 'forge', label: 'Forge my cookie', about: 'My session id, under another signature.' },
  {
    id: 'log-out',
    label: 'Log me out in another tab',
    about: 'This page’s socket stays open. For how long?',
  },
  { id: 'expire', label: 'Expire my session in 3 s', about: 'Nobody logs out; its time is over.' },
  { id: 'switch', label: 'Switch my user', about: 'Somebody else is in my session now.', from: 'to' },
  { id: 'ban', label: 'Ban a user', about: 'Admins only: all their sessions go.', from: 'name' },
  {
    id: 'redis',
    label: 'Stop Redis',
    about: 'Where the demo has started it.',
    free: () => redis === 'stopped',
  },
  { id: 'flood', label: '1,000 connections at once', about: 'A reconnect storm, with a good session.' },
  {
    id: 'explain',
    label: 'Explain my connection',
    about: 'What the authorizer makes of my cookie, step by step.',
    free: () => true,
  },
];

const FRESH_FOR_MS = 15_000;

let me;
let redis;
/** When the last answer came; none while one is waited for. */
let answered;
let endedMeanwhile;

export function offerTries(people) {
  $('tries').replaceChildren(...TRIES.map((one) => card(one, people)));
  followMe(me);
}

/** Who presses the buttons now. */
export function followMe(user) {
  me = user;
  for (const select of $('tries').querySelectorAll('select')) {
    for (const option of select.options) option.disabled = option.value === me?.name;
    if (select.selectedOptions[0]?.disabled)
      select.value = [...select.options].find((one) => !one.disabled).value;
  }
}

export const followRedis = drawnOnChange((state) => {
  redis = state;
  $('try-redis').querySelector('button').textContent = state === 'stopped' ? 'Start Redis' : 'Stop Redis';
});

/** What happens to this page's own socket, soon after a button was pressed, belongs to what the button did. */
export function tellEnd(reason) {
  endedMeanwhile = `The server ended this page’s socket: ${reason}.`;
  const steps = $('result').querySelector('ol');
  if (!steps || !(performance.now() - answered < FRESH_FOR_MS)) return;
  const after = milliseconds(performance.now() - answered);
  steps.append(element('li', {}, `${after} after this answer: ${endedMeanwhile}`));
}

/** Presses `/try/<action>`, and shows what the server says of it. */
export async function attempt(action, body) {
  await tellOf(() => post(`/try/${action}`, body));
}

/** The button of the header: told only where it does not work, since the page shows the rest. */
export async function logOutHere() {
  const result = await answerOf(logOutElsewhere);
  if (!result.ok) show(result);
}

const OWN = {
  'log-out': logOutElsewhere,
  redis: () => post(redis === 'stopped' ? '/try/redis-start' : '/try/redis-stop'),
  explain,
};

function card({ id, label, about, from, free }, people) {
  const button = element('button', { type: 'button' }, label);
  const chosen =
    from && element('select', { ariaLabel: `${label}: who` }, ...people.map(({ name }) => new Option(name)));
  button.addEventListener('click', async () => {
    if (button.ariaBusy === 'true') return;
    button.ariaBusy = 'true';
    const press = OWN[id] ?? (() => post(`/try/${id}`, from && { [from]: chosen.value }));
    await tellOf(me || free?.() ? press : logInFirst(label));
    button.ariaBusy = null;
  });
  const item = element(
    'li',
    { id: `try-${id}` },
    element('div', {}, button, chosen ?? ''),
    element('p', {}, about),
  );
  return item;
}

const logInFirst = (label) => () => ({
  ok: false,
  title: label,
  steps: ['This needs a session: log in on the stage first.'],
});

async function post(path, body = {}) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function logOutElsewhere() {
  const { wrong, hadSocket, ms } = await logOut();
  if (wrong) return { ok: false, title: 'Not logged out', steps: [wrong] };
  const steps = ['The log-out went to the server as a request of its own.'];
  if (!hadSocket) steps.push('This page had no socket any more that could end.');
  else if (ms === undefined)
    steps.push('The socket is still open after 5 s: the end of the session was not noticed.');
  else steps.push('This page’s socket was left open.');
  return { ok: !hadSocket || ms !== undefined, title: 'Logged out in another tab', ms, steps };
}

async function explain() {
  const answer = await (await fetch('/explain', { headers: { accept: 'application/json' } })).json();
  if (answer.text === undefined) return answer;
  const steps = ['The authorizer has looked at the cookie of this page. Its report is below.'];
  return { ok: true, title: 'My connection, explained', steps, text: answer.text };
}

async function tellOf(press) {
  $('result').replaceChildren(element('p', { className: 'quiet' }, 'Trying …'));
  $('details').hidden = true;
  answered = endedMeanwhile = undefined;
  const result = await answerOf(press);
  answered = performance.now();
  show(result);
}

async function answerOf(press) {
  try {
    return await press();
  } catch (error) {
    return { ok: false, title: 'No answer', steps: [`The server did not answer: ${error.message}.`] };
  }
}

function show({ title, steps, code, hint, ms, ok, text }) {
  const facts = [
    code && element('code', {}, code),
    ms !== undefined && element('span', { className: 'ms' }, milliseconds(ms)),
  ].filter(Boolean);
  $('result').replaceChildren(
    element('h3', { className: ok ? 'good' : 'odd' }, title),
    element('p', { className: 'facts' }, ...facts),
    element('ol', {}, ...[...steps, endedMeanwhile].filter(Boolean).map((step) => element('li', {}, step))),
    hint ? element('p', { className: 'hint' }, `Hint: ${shortened(hint)}`) : '',
  );
  $('details').hidden = text === undefined;
  $('details').replaceChildren(...(text ?? '').split('\n').map(lineOfReport));
  // On a phone it may be below the buttons.
  $('result').parentElement.scrollIntoView({ block: 'nearest' });
}

/** A block for each line, so that steps are indented where they are wrapped. */
function lineOfReport(line) {
  return element('span', { className: /^[^\w\s] /.test(line) ? 'step' : '' }, line || ' ');
}
