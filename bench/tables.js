'use strict';

const { contenders } = require('./contenders');
const { contenders: finders } = require('./filter/contenders');
const { BESIDE, verdictsOn } = require('./goals');
const { median } = require('./support/numbers');
const { digits, table, thousands } = require('./support/table');

/**
 * The tables of docs/benchmarks.md, by name; those of parts that did not run are missing.
 *
 * @param {object} results - as `run.js` makes them
 * @returns {Map<string, string>} Markdown
 */
function tablesOf(results) {
  const { authorizations, cold, storm, memory, sockets, live } = results;
  const tables = new Map([['conditions', inWords(results)]]);
  if (authorizations) {
    tables.set('valid', modesTable(authorizations, ['valid-1', 'valid-64', 'valid-1024'], IN_FLIGHT));
    tables.set('all-threads', allThreadsTable(authorizations));
    tables.set('refused', refusedTable(authorizations));
  }
  if (cold) tables.set('cold', coldTable(cold));
  if (storm) tables.set('storm', stormTable(storm));
  if (sockets) tables.set('sockets', socketsTable(sockets));
  if (live) tables.set('live', liveTable(live));
  if (memory) tables.set('memory', memoryTable(memory));
  tables.set('goals', goalsTable(results));
  return tables;
}

const IN_FLIGHT = ['1 in flight', '64 in flight', '1,024 in flight'];

function inWords({ conditions, authorizations, cold, storm }) {
  const { date, node, redis, machine, loads, clock } = conditions;
  const passes = [
    authorizations && `authorizations ${authorizations.passes}`,
    cold && `fresh processes ${cold.passes}`,
    storm && `storm ${storm.passes}`,
  ];
  const load = [Math.min(...loads), Math.max(...loads)].map(digits).join(' to ');
  return (
    `${date}, Node ${node}, ${redis}, ${machine}, load ${load}. CPU of the ${clock}. ` +
    `Passes: ${passes.filter(Boolean).join(', ') || 'as the other tables say'}.`
  );
}

/** The contenders that have a figure, in their order. */
function rowsWith(figures, cellsOf) {
  return contenders
    .filter(({ key }) => figures[key] !== undefined)
    .map((contender) => [contender.name, ...cellsOf(contender)]);
}

/** `2.80 (0.099; 0.094–0.128)`: µs above the floor, and the ratio to the reference with its quartiles. */
function comparedCell(compared) {
  return `${decimals(compared.net)} (${ratioCell(compared)})`;
}

function ratioCell({ ratio, quartiles: [low, high] }) {
  return low === high && low === ratio ? digits(ratio) : `${digits(ratio)}; ${digits(low)}–${digits(high)}`;
}

function decimals(us) {
  return us.toFixed(Math.abs(us) < 100 ? 2 : 0);
}

function modesTable({ modes }, keys, names) {
  const rows = rowsWith(modes[keys[0]].main, ({ key }) =>
    keys.map((mode) => comparedCell(modes[mode].main[key])),
  );
  return table([['', ...names], ...rows], true);
}

function allThreadsTable({ modes }) {
  const keys = ['valid-1', 'valid-64', 'valid-1024'];
  const header = [
    '',
    ...IN_FLIGHT.map((name) => `app, ${name}`),
    ...IN_FLIGHT.map((name) => `Redis, ${name}`),
    'commands, 64 in flight',
  ];
  const rows = rowsWith(modes[keys[0]].main, ({ key }) => [
    ...keys.map((mode) => decimals(modes[mode].process[key].net)),
    ...keys.map((mode) => decimals(modes[mode].redis[key])),
    modes['valid-64'].commands[key].toFixed(3),
  ]);
  return table([header, ...rows], true);
}

function refusedTable({ modes, readsPerForged }) {
  const keys = ['forged-64', 'unknown-64', 'none-64'];
  const rows = rowsWith(modes[keys[0]].main, ({ key, isToken }) => [
    ...keys.map((mode) =>
      // A token that was taken back is let in.
      isToken && mode === 'unknown-64' ? '–' : comparedCell(modes[mode].main[key]),
    ),
    digits(readsPerForged[key]),
  ]);
  return table(
    [['', 'forged signature', 'session is gone', 'no cookie', 'look-ups a forged cookie'], ...rows],
    true,
  );
}

function coldTable({ main, process, calls }) {
  const rows = rowsWith(main, ({ key }) => [comparedCell(main[key]), decimals(process[key].net)]);
  return table([[`the first ${thousands(calls)} calls`, 'main thread', 'all threads'], ...rows], true);
}

function stormTable({ process, main, connections }) {
  const rows = rowsWith(process, ({ key }) => [
    process[key].net.toFixed(0),
    ratioCell(process[key]),
    main[key].net.toFixed(0),
  ]);
  const header = [
    `${thousands(connections)} WebSockets`,
    'server, µs a connection',
    'ratio to no authorization',
    'its main thread, µs',
  ];
  return table([header, ...rows], true);
}

function socketsTable({ count, rows }) {
  const nameOf = (key) => finders.find((finder) => finder.key === key).name;
  return table(
    [
      [`one user among ${thousands(count)} sockets`, 'ms a call', 'times faster than the original'],
      ...rows.map(({ key, ns, faster }) => [
        nameOf(key),
        ns < 1e6 ? (ns / 1e6).toFixed(4) : digits(ns / 1e6),
        digits(faster),
      ]),
    ],
    true,
  );
}

function liveTable({ count, idle, touched, published }) {
  const row = (name, { p50, p99, quiet }) => [name, p50.toFixed(2), p99.toFixed(2), quiet.toFixed(2)];
  return table(
    [
      [`${thousands(count)} watched sessions`, 'p50, ms', 'p99, ms', 'p99, lower quartile of the passes'],
      row('nothing else happens', idle),
      row('1,000 touches a second', touched),
      row('for comparison: `PUBLISH`, heard by node-redis', published),
    ],
    true,
  );
}

function memoryTable({ pending, sockets, index, watched, steady }) {
  const nameOf = (key) => contenders.find((contender) => contender.key === key).name;
  const bytes = (figure) => `${Math.round(figure).toLocaleString('en-US')} B`;
  const series = [steady.sizes.length / 2, steady.sizes.length];
  const [half, all] = series.map((count) => `${(steady.sizes[count - 1] / 1e6).toFixed(1)} MB`);
  const done = series.map((count) => thousands(count * steady.count));
  return table(
    [
      ['', 'in V8', 'outside of V8'],
      ...Object.entries(pending).map(([key, { known, outside }]) => [
        `a look-up under way: ${nameOf(key)}`,
        bytes(known),
        bytes(outside),
      ]),
      ...Object.entries(sockets).map(([key, figure]) => [
        `a connected socket, above none: ${nameOf(key)}`,
        bytes(figure),
        '',
      ]),
      ['two indexed properties, more', bytes(index.heap), bytes(index.native)],
      ['a watched session, more', bytes(watched.heap), bytes(median(watched.native))],
      [`resident after ${done[0]} authorizations, and after ${done[1]}`, half, all],
    ],
    true,
  );
}

function goalsTable(results) {
  const rows = verdictsOn(results).map(({ goal: { what, limit, unit }, figures, isReached }) => [
    what,
    ...BESIDE.map((key) => (figures[key] === undefined ? '–' : `${digits(figures[key])} ${unit}`.trim())),
    `≤ ${limit} ${unit}`.trim(),
    isReached ? 'reached' : 'missed',
  ]);
  const header = ['', 'passport.socketio', "Socket.IO's recipe", 'best plain JS', 'ours', 'goal', ''];
  return table([header, ...rows], true);
}

module.exports = { tablesOf };
