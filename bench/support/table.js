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

/** Three significant digits. */
function digits(number) {
  if (Math.abs(number) >= 100) return Math.round(number).toLocaleString('en-US');
  return number.toFixed(Math.abs(number) >= 10 ? 1 : Math.abs(number) >= 0.1 ? 2 : 3);
}

module.exports = { digits, table, thousands };
