'use strict';

// `npm run bench:faults`: how long faults last for visitors, and how soon all is well again. See docs/reliability.md.

const os = require('node:os');
const { parseArgs } = require('node:util');
const { GROUPS, faultsOf, testOf } = require('../__test__/support/chaos');
const { trial } = require('../__test__/support/chaos/trial');

const USAGE = `npm run bench:faults -- [options]

  --runs N     how often each fault is tried (3); the longest times are shown
  --only TEXT  faults whose title has this text
  --check      one fault, once: the figures mean nothing
`;
/** A quick one. */
const CHECKED = 'Redis is killed, and started again with its data';
/** After the cause is gone. */
const TARGET_MS = 1000;

async function main() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    return;
  }
  if (values.check) {
    await measure(CHECKED, 1);
    process.stdout.write('ok: nobody is let in or ended wrongly\n');
    return;
  }
  const rows = await measure(values.only, Number(values.runs));
  process.stdout.write(`${conditions()}\n\n${table(rows)}\n\n${verdict(rows)}\n`);
}

/** One after the other. A fault that is not survived throws. */
async function measure(only, runs) {
  const rows = [];
  for (const group of GROUPS) {
    for (const fault of faultsOf(group).filter(({ title }) => title.includes(only))) {
      process.stderr.write(`${fault.title}\n`);
      const figures = [];
      for (let run = 0; run < runs; run++) figures.push(await trial(fault));
      const longest = (name) => Math.max(...figures.map((each) => each[name]));
      rows.push({
        ...{ fault, group, waitMs: longest('longestMs') },
        ...{ lookUpMs: longest('lookUpMs'), endMs: longest('endMs') },
      });
    }
  }
  return rows;
}

function conditions() {
  const [{ model }] = os.cpus();
  const machine = `${os.type()} ${os.arch()}, ${os.cpus().length} × ${model.trim()}`;
  const load = os.loadavg().map((each) => each.toFixed(1));
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${machine}, load ${load.join(', ')}`;
}

function table(rows) {
  const cells = rows.map(({ fault, group, waitMs, lookUpMs, endMs }) => [
    ...[fault.title, fault.what, seconds(waitMs), `${seconds(lookUpMs)}, ${seconds(endMs)}`],
    `\`${testOf(group)}\``,
  ]);
  const header = ['fault', 'what happens', 'longest wait', 'well again after', 'shown by'];
  const rule = header.map(() => '---');
  return [header, rule, ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Two digits are what such a time is worth. */
function seconds(ms) {
  return `${Number((ms / 1000).toPrecision(ms < 10 ? 1 : 2))} s`;
}

function verdict(rows) {
  const late = rows.filter(({ lookUpMs, endMs }) => Math.max(lookUpMs, endMs) > TARGET_MS);
  if (late.length === 0) return `All ${rows.length} are over within ${TARGET_MS} ms after their cause.`;
  return `${late.length} of ${rows.length} take longer than ${TARGET_MS} ms: ${late.map(({ fault }) => fault.title).join('; ')}`;
}

main().then(
  // The servers and connections of what was not survived would keep this process.
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
