'use strict';

/**
 * The figures of one contender in one mode.
 *
 * @typedef {object} Figures
 * @property {string} name
 * @property {string} role
 * @property {number} main     CPU of the main thread, µs per connection: median of the rounds
 * @property {number} quiet    the same, lower quartile: closer to the figure of an idle machine
 * @property {number} net      `main` less that of the empty middleware in the same pass, median
 * @property {number} process  CPU of all threads, µs per connection, less that of the empty middleware
 * @property {number} rate     connections per second, harness included
 * @property {number} [ratio]  net, divided by that of the reference in the same pass, median
 * @property {[number, number]} [spread]  quartiles of that ratio over the passes
 */

/** @returns {{ mode: string, target?: number, figures: Figures[] }[]} */
function summarise(rounds) {
  return [...rounds].map(([mode, byContender]) => {
    const empty = roundsOf(byContender, 'empty');
    const reference = roundsOf(byContender, 'reference');
    const figures = [...byContender].map(([contender, own]) => figuresOf(contender, own, empty, reference));
    return { mode: mode.name, target: mode.target, figures };
  });
}

function roundsOf(byContender, role) {
  return [...byContender].find(([contender]) => contender.role === role)?.[1];
}

function figuresOf({ name, role }, own, empty, reference) {
  const net = (rounds, clock) => rounds.map((round, pass) => round[clock] - empty[pass][clock]);
  const main = own.map((round) => round.main);
  const figures = {
    name,
    role,
    main: quantile(main, 0.5),
    quiet: quantile(main, 0.25),
    net: quantile(net(own, 'main'), 0.5),
    process: quantile(net(own, 'process'), 0.5),
    rate: quantile(
      own.map(({ rate }) => rate),
      0.5,
    ),
  };
  if (!reference || role === 'empty') return figures;
  const whole = net(reference, 'main');
  const ratios = net(own, 'main').map((part, pass) => part / whole[pass]);
  return {
    ...figures,
    ratio: quantile(ratios, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** Markdown, readable in a terminal, and made for docs/benchmarks.md. */
function format(summary) {
  return summary.map(formatMode).join('\n\n');
}

function formatMode({ mode, target, figures }) {
  const header = [
    '',
    'main µs',
    '[p25]',
    'net µs',
    'ratio',
    'quartiles',
    'target',
    'process net µs',
    'per second',
  ];
  return `### ${mode}\n\n${table([header, ...figures.map((row) => cells(row, target))])}`;
}

function cells({ name, role, main, quiet, net, process, rate, ratio, spread }, target) {
  const isMeasured = role !== 'empty';
  return [
    name,
    main.toFixed(2),
    `[${quiet.toFixed(2)}]`,
    isMeasured ? net.toFixed(2) : '',
    ratio === undefined ? '' : ratio.toFixed(3),
    spread ? spread.map((part) => part.toFixed(3)).join('–') : '',
    verdict(role, ratio, target),
    isMeasured ? process.toFixed(2) : '',
    thousands(rate),
  ];
}

function verdict(role, ratio, target) {
  if (role !== 'ours' || target === undefined || ratio === undefined) return '';
  return `≤ ${target} ${ratio <= target ? 'met' : 'NOT MET'}`;
}

function thousands(number) {
  return Math.round(number).toLocaleString('en-US');
}

function table([header, ...rows]) {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => row[column].length)),
  );
  const line = (row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? `:${'-'.repeat(width + 1)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

module.exports = { summarise, format };
