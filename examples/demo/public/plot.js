import { drawChart } from './chart.js';
import { $, milliseconds } from './dom.js';

const SECONDS = 60;

const times = [];
const rates = [];
const p50s = [];
const p99s = [];
const columns = [times, rates, p50s, p99s];
let chart;

/** A minute of decisions a second, and of how long it took to be let in. */
export function plot({ time, rate, latency }) {
  const seconds = time / 1000;
  // A page that was hidden gets what it has seen already first.
  if (seconds <= times.at(-1)) return;
  const row = [seconds, rate.authorized + rate.refused, latency.p50, latency.p99];
  columns.forEach((column, i) => column.push(row[i]));
  while (times[0] < seconds - SECONDS) columns.forEach((column) => column.shift());
  chart ??= drawChart($('plot'), $('legend'), SECONDS);
  chart.setData(columns);
  $('plot-text').textContent = inWords();
}

/** For those who do not see the canvas, and for those who do. */
function inWords() {
  const decisions = rates.reduce((sum, rate) => sum + rate, 0);
  const slowest = Math.max(...p99s.map(Number));
  const seen = `Last minute: ${decisions.toLocaleString('en')} ${decisions === 1 ? 'decision' : 'decisions'}`;
  if (slowest === 0) return `${seen}, and nobody let in.`;
  return `${seen}, at most ${Math.max(...rates).toLocaleString('en')} in a second; slowest p99 ${milliseconds(slowest)}.`;
}
