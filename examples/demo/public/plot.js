/* global uPlot */
import { $, milliseconds } from './dom.js';

const SECONDS = 60;
const HEIGHT = 190;
const AGO = [60, 50, 40, 30, 20, 10, 0];

const times = [];
const rates = [];
const p50s = [];
const p99s = [];
let chart;

/** A minute of decisions a second, and of how long it took to be let in. */
export function plot({ time, rate, latency }) {
  push(times, time / 1000);
  push(rates, rate.authorized + rate.refused);
  push(p50s, latency.p50);
  push(p99s, latency.p99);
  chart ??= draw();
  chart.setData([times, rates, p50s, p99s]);
  $('plot-text').textContent = inWords();
}

function push(column, value) {
  column.push(value);
  if (column.length > SECONDS) column.shift();
}

/** For those who do not see the canvas, and for those who do. */
function inWords() {
  const decisions = rates.reduce((sum, rate) => sum + rate, 0);
  const slowest = Math.max(...p99s.map(Number));
  const seen = `Last minute: ${decisions.toLocaleString('en')} decisions`;
  if (slowest === 0) return `${seen}, and nobody let in.`;
  return `${seen}, at most ${Math.max(...rates).toLocaleString('en')} in a second; slowest p99 ${milliseconds(slowest)}.`;
}

function inSeconds(ago) {
  return ago === 0 ? 'now' : `−${ago} s`;
}

function draw() {
  const place = $('plot');
  const grid = { stroke: colorOf('.grid'), width: 1 };
  const axis = { stroke: colorOf('.axis'), font: '11px sans-serif', grid, ticks: { show: false } };
  const line = (name) => ({
    scale: 'ms',
    stroke: colorOf(`.${name}`),
    width: 2,
    points: { show: true, size: 5, fill: colorOf(`.${name}`) },
  });
  const made = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: () => [times.at(-1) - SECONDS, times.at(-1) + 1] },
        ms: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.25)] },
        rate: { range: (_chart, _low, high) => [0, Math.max(8, high * 1.25)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          splits: () => AGO.map((ago) => times.at(-1) - ago),
          values: () => AGO.map(inSeconds),
        },
        { ...axis, scale: 'ms', size: 44, values: (_chart, ticks) => ticks.map((tick) => `${tick} ms`) },
        { ...axis, scale: 'rate', side: 1, size: 44, grid: { show: false } },
      ],
      series: [
        {},
        {
          scale: 'rate',
          fill: colorOf('.rate'),
          paths: uPlot.paths.bars({ size: [0.7] }),
          points: { show: false },
        },
        line('p50'),
        line('p99'),
      ],
    },
    [times, rates, p50s, p99s],
    place,
  );
  new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  window.addEventListener('theme', () => made.redraw());
  return made;
}

/** A canvas takes no `light-dark()`: what an element of the legend has is resolved. */
function colorOf(selector) {
  const sample = $('legend').querySelector(selector);
  return () => getComputedStyle(sample).color;
}
