'use strict';

/**
 * A table in Markdown, laid out as prettier does it. Columns after the first are aligned to the right where `isRight`.
 * @param {string[][]} rows - the first is the header
 */
function table([header, ...rows], isRight = false) {
  const widths = header.map((_, at) => Math.max(3, ...[header, ...rows].map((row) => row[at].length)));
  const right = (at) => isRight && at > 0;
  const cell = (text, at) => (right(at) ? text.padStart(widths[at]) : text.padEnd(widths[at]));
  const line = (row) => `| ${row.map(cell).join(' | ')} |`;
  const rule = widths.map((width, at) => (right(at) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** With separators between thousands. */
function thousands(number) {
  return number.toLocaleString('en-US');
}

/** How many decimals a figure has that is at least so large. */
const DECIMALS = [
  [10, 1],
  [0.1, 2],
  [0.001, 3],
];

/** Two or three significant digits. */
function digits(number) {
  const size = Math.abs(number);
  if (size >= 100) return Math.round(number).toLocaleString('en-US');
  const [, decimals] = DECIMALS.find(([least]) => size >= least) ?? [0, size === 0 ? 2 : 4];
  return number.toFixed(decimals);
}

module.exports = { digits, table, thousands };
