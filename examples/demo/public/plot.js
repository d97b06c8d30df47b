import { drawChart } from './chart.js';
import { $, milliseconds } from './dom.js';

const SECONDS = 60;

const times = [];
const rates = [];
const p50s = [];
const p99s = [];
const columns = [times, rates, p50s, p99s];
/** How many each of the rates stands for. */
const counts = [];
let chart;

/** A minute of decisions a second, and of how long it took to be let in. */
export function plot({ time, seconds, decided, latency }) {
  const now = time / 1000;
  // A page that was hidden gets what it has seen already first.
  if (now <= times.at(-1)) return;
  const count = decided.authorized + decided.refused;
  const row = [now, count / seconds, latency.p50, latency.p99];
  columns.forEach((column, i) => column.push(row[i]));
  counts.push(count);
  while (times[0] < now - SECONDS) for (const column of [...columns, counts]) column.shift();
  chart ??= drawChart($('plot'), $('legend'), SECONDS);
  chart.setData(columns);
  $('plot-text').textContent = inWords();
}

/** For those who do not see the canvas, and for those who do. */
function inWords() {
  const decisions = counts.reduce((sum, count) => sum + count, 0);
  const slowest = Math.max(...p99s.map(Number));
  const seen = `Last minute: ${decisions.toLocaleString('en')} ${decisions === 1 ? 'decision' : 'decisions'}`;
  if (slowest === 0) return `${seen}, and nobody let in.`;
  return `${seen}, at most ${Math.round(Math.max(...rates)).toLocaleString('en')} a second; slowest p99 ${milliseconds(slowest)}.`;
}
