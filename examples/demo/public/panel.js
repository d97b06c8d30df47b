import { $, clock, drawnOnChange, element, milliseconds, number, shortened } from './dom.js';
import { plot } from './plot.js';

const KIND = { redis: 'native, from Redis', store: 'session store' };
const TIER = { tracking: 'sessions; Redis tells of changes', poll: 'sessions, asked again and again' };
const FAULTS = /^(STORE_|OVERLOADED|BAD_SESSION|PASSPORT_NOT|DESERIALIZE|CALLBACK)/;

/** The panel of the server, once a second, as long as somebody sees the page: a browser has few connections to a host. */
export function openPanel(also) {
  let events;
  const follow = () => {
    events?.close();
    if (document.hidden) return;
    events = new EventSource('/panel');
    events.addEventListener('panel', ({ data }) => {
      const news = JSON.parse(data);
      show(news);
      also(news);
    });
    events.addEventListener('error', () => showState({ state: 'away' }));
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}

function show(news) {
  const { backend, watch, decided, seconds, latency, outcomes, refusals, ends } = news;
  plot(news);
  showState({ state: backend.state, why: backend.lastError });
  const ended = Object.values(watch?.ended ?? {}).reduce((sum, count) => sum + count, 0);
  showTiles([
    ['Backend', backend.state, KIND[backend.kind], backend.state],
    [
      'Decisions/s',
      number((decided.authorized + decided.refused) / seconds),
      `${number(decided.refused / seconds)} refused`,
    ],
    percentile('p50', latency.p50),
    percentile('p99', latency.p99),
    ['Watched', String(watch?.sessions ?? 0), TIER[watch?.tier] ?? 'sessions'],
    ['Ended', String(ended), 'sockets, with their session'],
  ]);
  showOutcomes(outcomes);
  showRefusals(refusals);
  showEnds(ends);
}

/** Of the clients that were let in during the last second. */
function percentile(name, value) {
  return value === null ? [name, '–', 'nobody let in'] : [name, number(value), 'ms to be let in'];
}

const showTiles = drawnOnChange((tiles) => {
  $('tiles').replaceChildren(
    ...tiles.map(([name, value, note, state = '']) =>
      element(
        'div',
        { className: `tile ${state}` },
        element('dt', {}, name),
        element('dd', {}, element('strong', {}, value), element('small', {}, note)),
      ),
    ),
  );
});

let told;

/** What is read out: not the numbers of each second, but that the backend is down, or back. */
function showState({ state, why }) {
  if (told !== undefined && told !== state) {
    const reason = state === 'down' && why ? `: ${why}` : '';
    $('panel-news').textContent = `The ${state === 'away' ? 'server' : 'backend'} is ${state}${reason}.`;
  }
  told = state;
}

/** A visitor who has no session is no fault. */
function kindOf(code) {
  if (code === 'AUTHORIZED') return 'good';
  return FAULTS.test(code) ? 'bad' : 'odd';
}

const showOutcomes = drawnOnChange((outcomes) => {
  const counts = Object.entries(outcomes).filter(([, count]) => count > 0);
  counts.sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...counts.map(([, count]) => count));
  $('outcomes').replaceChildren(
    ...counts.map(([code, count]) => {
      const bar = element('span', { className: 'bar', ariaHidden: 'true' });
      bar.style.setProperty('--part', Math.log1p(count) / Math.log1p(most));
      const total = element('span', { className: 'count' }, count.toLocaleString('en'));
      return element('li', { className: kindOf(code) }, element('code', {}, code), ' ', bar, total);
    }),
  );
  if (counts.length === 0)
    $('outcomes').append(element('li', { className: 'quiet' }, 'Nobody has come yet.'));
});

const showRefusals = drawnOnChange((refusals) => {
  $('refusals').replaceChildren(
    ...refusals.map(({ at, code, message, hint, how }) =>
      element(
        'li',
        { className: kindOf(code) },
        element(
          'div',
          {},
          element('code', {}, code),
          element('small', {}, [how, clock(at)].filter(Boolean).join(' · ')),
        ),
        element('p', {}, message),
        hint ? element('p', { className: 'hint' }, shortened(hint)) : '',
      ),
    ),
  );
  if (refusals.length === 0)
    $('refusals').append(element('li', { className: 'quiet' }, 'Nobody was refused yet.'));
});

const showEnds = drawnOnChange((ends) => {
  $('ends').replaceChildren(
    ...ends.map(({ at, name, reason, ms }) =>
      element(
        'li',
        {},
        element('span', {}, `${name}: ${reason}`),
        element('small', {}, clock(at)),
        element('strong', {}, ms == null ? '' : milliseconds(ms)),
      ),
    ),
  );
  if (ends.length === 0) $('ends').append(element('li', { className: 'quiet' }, 'None yet.'));
});
