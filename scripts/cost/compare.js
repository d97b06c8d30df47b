'use strict';

/** What a figure may be above the baseline. Allocations are exact. */
const SHARES = { instructions: 0.1, allocations: 0, bytes: 0.1 };
/** Below this an instruction more is a tenth. */
const LEAST = { instructions: 10, allocations: 0, bytes: 8 };

/**
 * @typedef {{ instructions?: number, allocations: number, bytes: number }} Figures
 * @param {{ [name: string]: { before?: Figures, now?: Figures } }} cases
 * @returns {{ lines: string[], failed: string[] }} a table, and what is above the baseline, or in only one of both
 */
function compare(cases) {
  const failed = [];
  const rows = [['', 'instructions', 'allocations', 'bytes']];
  for (const [name, { before, now }] of Object.entries(cases)) {
    if (before === undefined || now === undefined) {
      failed.push(`${name} (${now === undefined ? 'is gone' : 'is new'})`);
      continue;
    }
    const cells = rows[0].slice(1).map((figure) => {
      if (now[figure] === undefined) return 'not counted';
      const limit = before[figure] + Math.max(LEAST[figure], SHARES[figure] * before[figure]);
      if (now[figure] > limit) failed.push(`${name} (${figure}: ${before[figure]} → ${now[figure]})`);
      return `${now[figure]} (${changeOf(before[figure], now[figure])})`;
    });
    rows.push([name, ...cells]);
  }
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  return {
    lines: rows.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    ),
    failed,
  };
}

function changeOf(before, now) {
  if (now === before) return 'same';
  if (before === 0) return 'was 0';
  const percent = (100 * (now - before)) / before;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}

/** The figures of two runs, by case. */
function merged(before, now) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return Object.fromEntries(names.map((name) => [name, { before: before[name], now: now[name] }]));
}

module.exports = { compare, merged };
