'use strict';

const { printable } = require('./text');

const MARKS = { ok: '✓', warning: '!', problem: '✗', 'not-run': '-' };
const COLOURS = { ok: 32, warning: 33, problem: 31, 'not-run': 90 };

/** One line a check; what to do only where something is to be done. */
function lineOf({ status, what, advice, link }, { hasColour }) {
  const mark = hasColour ? `\x1b[${COLOURS[status]}m${MARKS[status]}\x1b[0m` : MARKS[status];
  const lines = [`${mark} ${printable(what)}`];
  if (advice !== undefined && status !== 'ok') lines.push(`    ${printable(advice)}`);
  if (link !== undefined && (status === 'problem' || status === 'warning')) lines.push(`    ${link}`);
  return lines.join('\n');
}

/** The last line is what the eye meets. */
function lastLineOf(summary) {
  const { ok, warning, problem } = summary;
  const some = (count, word) => (count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`]);
  const parts = [
    ...some(problem, 'problem'),
    ...some(warning, 'warning'),
    ...(summary['not-run'] === 0 ? [] : [`${summary['not-run']} not run`]),
  ];
  const passed = `${ok} of ${ok + warning + problem} checks passed`;
  return parts.length === 0 ? passed : `${passed}: ${parts.join(', ')}`;
}

function summaryOf(results) {
  const summary = { ok: 0, warning: 0, problem: 0, 'not-run': 0 };
  for (const { status } of results) summary[status]++;
  return summary;
}

/** For programs: ids and statuses are stable, texts are not. */
function jsonOf(results, { url, path }) {
  const checks = results.map(({ id, namespace, status, what, advice, link }) => ({
    id,
    namespace,
    status,
    what,
    ...(status !== 'ok' && { advice, link }),
  }));
  return JSON.stringify({ url: url.href, path, summary: summaryOf(results), checks }, null, 2);
}

module.exports = { jsonOf, lastLineOf, lineOf, summaryOf };
