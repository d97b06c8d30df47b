/* global uPlot */

const HEIGHT = 190;
/** Scales, by the numbers that uPlot has for them. */
const LOGARITHMIC = 3;
const FROM_ZERO = 4;
const TIMES = [0.01, 0.1, 1, 10, 100, 1_000, 10_000];
const RATES = [0, 1, 10, 100, 1_000, 10_000];
const AGO = [60, 40, 20, 0];
const AGO_WIDE = [60, 50, 40, 30, 20, 10, 0];
/** Where the labels of all would touch, in CSS pixels. */
const WIDE = 440;

/**
 * Bars of a rate, and lines of milliseconds, over the last seconds. Its data are `[times, rates, p50s, p99s]`.
 * @param {HTMLElement} place
 * @param {HTMLElement} legend - has the colours: a canvas takes no `light-dark()`, and that of an element is resolved
 * @param {number} seconds
 */
export function drawChart(place, legend, seconds) {
  const colorOf = (name) => () => getComputedStyle(legend.querySelector(`.${name}`)).color;
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: scales(seconds),
    axes: axes(colorOf),
    series: [{}, bars(colorOf('rate')), line(colorOf('p50')), line(colorOf('p99'))],
  };
  const chart = new uPlot(options, [[], [], [], []], place);
  new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  window.addEventListener('theme', () => chart.redraw());
  return chart;
}

/** A storm of a thousand beside one visitor, 100 ms beside one: only a logarithm shows both. */
function scales(seconds) {
  return {
    x: { range: (_chart, _first, last) => [last - seconds, last + 1] },
    ms: { distr: LOGARITHMIC, range: (_chart, low, high) => [powerBelow(low ?? 1), powerAbove(high ?? 1)] },
    rate: { distr: FROM_ZERO, range: (_chart, _low, high) => [0, powerAbove(high ?? 0)] },
  };
}

function powerBelow(value) {
  return Math.min(0.1, 10 ** Math.floor(Math.log10(value)));
}

function powerAbove(value) {
  return Math.max(10, 10 ** Math.ceil(Math.log10(Math.max(1, value))));
}

function axes(colorOf) {
  const grid = { stroke: colorOf('grid'), width: 1 };
  const axis = { stroke: colorOf('axis'), font: '11px sans-serif', grid, ticks: { show: false } };
  const at = (values) => ({
    splits: (_chart, _axis, low, high) => values.filter((value) => value >= low && value <= high),
    filter: (_chart, splits) => splits,
  });
  const now = (chart) => chart.data[0].at(-1);
  const shown = (chart) => (chart.width < WIDE ? AGO : AGO_WIDE);
  return [
    {
      ...axis,
      size: 26,
      splits: (chart) => shown(chart).map((ago) => now(chart) - ago),
      values: (chart) => shown(chart).map((ago) => (ago === 0 ? 'now' : `−${ago} s`)),
    },
    {
      ...axis,
      ...at(TIMES),
      scale: 'ms',
      size: 60,
      values: (_chart, times) => times.map((time) => `${time.toLocaleString('en')} ms`),
    },
    { ...axis, ...at(RATES), scale: 'rate', side: 1, size: 44, grid: { show: false } },
  ];
}

function bars(color) {
  return { scale: 'rate', fill: color, paths: uPlot.paths.bars({ size: [0.7] }), points: { show: false } };
}

/** With points: who comes alone has no line. */
function line(color) {
  return { scale: 'ms', stroke: color, width: 2, points: { show: true, size: 5, fill: color } };
}
