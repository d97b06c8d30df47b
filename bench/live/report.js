'use strict';

const { FOREIGN } = require('./cpu');
const { WRITES } = require('./server-cpu');
const { median } = require('../support/numbers');
const { table, thousands } = require('../support/table');

/** The largest figure of each row. */
const TARGETS = {
  idle: 2,
  touched: 5,
  expiry: 1000,
  touchesMain: 0.1,
  foreign: 1,
  native: 250,
  heap: 64,
  authorization: 0.4,
};

/** @param {object} results - as `measure` of `live.js` gives them */
function report({ scenes, expiry, memory, server, authorization }) {
  const parts = [
    ['Log-out until `onSessionEnd`, ms: p50, p99 [p99, lower quartile of the passes]', latencyTable(scenes)],
    ['Shares of a core, %: main thread, I/O thread', sharesTable(scenes)],
    ['Others', table([['', 'measured', 'target'], expiryRow(expiry), ...memoryRows(memory)])],
    [`CPU of the server for a write, µs (${thousands(WRITES)} a second)`, serverTable(server)],
    ['Main thread of an authorization, µs, 64 in flight', authorizationTable(authorization)],
  ];
  return parts.map(([title, rows]) => `${title}\n\n${rows}`).join('\n\n');
}

function latencyTable(scenes) {
  const row = (name, mode, target) => [
    name,
    ...scenes.map(({ latency }) => {
      const { p50, p99, quiet } = latency[mode];
      return `${p50.toFixed(2)}, ${p99.toFixed(2)} [${quiet.toFixed(2)}]`;
    }),
    target === undefined ? '' : verdict(Math.max(...scenes.map(({ latency }) => latency[mode].p99)), target),
  ];
  return table([
    ['live sessions', ...scenes.map(({ count }) => thousands(count)), 'target of the p99'],
    row('idle', 'idle', TARGETS.idle),
    row('1,000 touches a second', 'touched', TARGETS.touched),
    row('for comparison: PUBLISH, node-redis', 'published'),
  ]);
}

function sharesTable(scenes) {
  const measured = scenes.filter(({ shares }) => shares !== undefined);
  const percent = (share) => (100 * share).toFixed(3);
  const row = (name, mode, thread, target) => [
    name,
    ...measured.map(({ shares }) => {
      const figures = shares[mode];
      return figures ? `${percent(figures.main)}, ${percent(figures.other)}` : '';
    }),
    target === undefined
      ? ''
      : `${thread === 'main' ? 'main' : 'I/O'} ${verdict(Math.max(...measured.map(({ shares }) => 100 * shares[mode][thread])), target)}`,
  ];
  return table([
    ['live sessions', ...measured.map(({ count }) => thousands(count)), 'target'],
    row('nothing happens', 'quiet'),
    row('1,000 touches a second, more than that', 'touched', 'main', TARGETS.touchesMain),
    row(
      `${thousands(FOREIGN)} writes a second to others, more than that`,
      'foreign',
      'other',
      TARGETS.foreign,
    ),
    row('for comparison: a reload timer of 30 s for each socket', 'hand'),
  ]);
}

function expiryRow({ p50, p99, max, others }) {
  return [
    `end of the time to live until \`onSessionEnd\`, among ${thousands(others)} other keys with one`,
    `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, max ${max.toFixed(0)} ms`,
    verdict(p99, TARGETS.expiry),
  ];
}

function memoryRows({ native, heap }) {
  return [
    [
      'native memory of a watched session',
      `${median(native).toFixed(0)} B (${Math.min(...native).toFixed(0)} to ${Math.max(...native).toFixed(0)})`,
      verdict(Math.max(...native), TARGETS.native),
    ],
    ['JavaScript memory of a socket', `${heap.toFixed(0)} B`, verdict(heap, TARGETS.heap)],
  ];
}

function serverTable(server) {
  const name = (count) => (count === 0 ? 'not watched' : `${count} connection${count > 1 ? 's' : ''}`);
  return table([server.map(([count]) => name(count)), server.map(([, us]) => us.toFixed(1))]);
}

function authorizationTable(rows) {
  const signed = (number) => (number < 0 ? '' : '+') + number.toFixed(2);
  return table([
    ['', 'µs', 'more, median', 'quartiles', 'ratio', 'target', 'a disconnection'],
    ...rows.map(({ name, main, more, quartiles, ratio, leaving }) => [
      name,
      main.toFixed(2),
      signed(more),
      quartiles.map(signed).join(' to '),
      ratio.toFixed(2),
      name === 'with onSessionEnd' ? verdict(more, TARGETS.authorization) : '',
      signed(leaving),
    ]),
  ]);
}

function verdict(value, limit) {
  return `≤ ${thousands(limit)} ${value <= limit ? 'met' : 'MISSED'}`;
}

module.exports = { report };
