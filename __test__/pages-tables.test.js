'use strict';

// What pages list is what there is: options, members, codes, warnings, reasons, platforms, settings. And the README stays a
// page that one reads.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { Passport } = require('passport');
const { authorize } = require('..');
const { outcomes } = require('../binding');
const { OPTIONS } = require('../lib/authorize/options');
const { NO_FAULT } = require('../lib/authorize/faults');
const { devDependencies } = require('../package.json');
const { TARGETS } = require('../scripts/release/targets');
const { GROUPS, faultsOf, testOf } = require('./support/chaos');
const { ROOT, textOf } = require('./support/pages/blocks');
const { CLIENTS } = require('./support/stores');

const README_WORDS = 1200;
const LIB = sourcesOf(path.join(ROOT, 'lib'));

/** The rows of a table of a page, by the words of its first cell that are in code. */
function rowsOf(page, heading) {
  const [, section] = new RegExp(`^#+ ${heading}$([^]*?)(?=^#+ |(?![^]))`, 'm').exec(textOf(page)) ?? [];
  assert.ok(section !== undefined, `${page} has no heading ${heading}`);
  const rows = [...section.matchAll(/^\| (.*) \|$/gm)].map(([, cells]) => cells.split(' | '));
  assert.ok(rows.length > 2, `${page}: there is no table below ${heading}`);
  return rows.slice(2).map((cells) => cells.map((cell) => cell.trim()));
}

function codesIn(cell) {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
}

function sourcesOf(folder) {
  const files = fs.readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
  return files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8')).join('\n');
}

const sorted = (names) => [...names].sort();

test(`the README has at most ${README_WORDS} words`, () => {
  const words = textOf('README.md').split(/\s+/).filter(Boolean);
  assert.ok(words.length <= README_WORDS, `${words.length}`);
});

test('the number of the README is one of docs/benchmarks.md', () => {
  const said = /\*\*([\d.]+) µs of the main thread, against ([\d.]+) µs\*\*/
    .exec(textOf('README.md'))
    .slice(1);
  const [, table] = /<!-- bench valid -->([^]*?)<!-- end -->/.exec(textOf('docs/benchmarks.md'));
  const measured = ['ours, option redis', 'passport.socketio, node-redis 6'].map((name, at) => {
    const cells = new RegExp(`^\\| ${name} +\\|(.*)\\|$`, 'm').exec(table)[1].split('|');
    // With 1,024 in flight: µs, and a ratio in brackets. The README may round.
    const [, decimals = ''] = said[at].split('.');
    return Number.parseFloat(cells[2]).toFixed(decimals.length);
  });
  assert.deepEqual(said, measured);
});

test('docs/options.md and the typings have every option', () => {
  const listed = rowsOf('docs/options.md', 'Options').flatMap(([name]) => codesIn(name));
  const typings = textOf('index.d.ts');
  const interfaces = /^export interface OptionsWithRedis[^]*?^\/\*\* As in the typings/m.exec(typings)[0];
  const declared = [...interfaces.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name);
  assert.deepEqual(sorted(listed), sorted(OPTIONS));
  assert.deepEqual(sorted(new Set(declared)), sorted(OPTIONS));
});

test('docs/options.md has every member, and every number of stats()', () => {
  const authorizer = authorize({ secret: 'x', store: new MemoryStore(), passport: new Passport() });
  const rows = rowsOf('docs/options.md', 'Members').map(([name]) => codesIn(name));
  const members = rows.flat().map((name) => /^authorizer\.(\w+)/.exec(name)?.[1]);
  assert.deepEqual(sorted(members.filter(Boolean)), sorted(Object.keys(authorizer)));
  const numbers = rows.flat().filter((name) => /^\w+$/.test(name));
  assert.deepEqual(sorted(numbers), sorted(Object.keys(authorizer.stats())));
});

test('docs/redis.md has every setting', () => {
  const listed = rowsOf('docs/redis.md', 'The option `redis`').flatMap(([name]) => codesIn(name));
  const complaint = catchMessage(() => authorize({ redis: { nothing: 1 }, passport: new Passport() }));
  const known = /there are (.*)\.$/.exec(complaint)[1].split(', ');
  assert.deepEqual(sorted(listed), sorted(known));
});

test('docs/troubleshooting.md has every code, and whether it is critical', () => {
  const listed = rowsOf('docs/troubleshooting.md', 'By code').map(([code, critical]) => [
    ...codesIn(code),
    critical === 'yes',
  ]);
  const known = outcomes().filter(({ code }) => code !== 'FOUND');
  assert.deepEqual(sorted(listed), sorted(known.map(({ code, critical }) => [code, critical])));
});

test('the type FailureCode has every code', () => {
  const [, union] = /^export type FailureCode =$([^]*?);$/m.exec(textOf('types/report.d.ts'));
  const declared = [...union.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code);
  const known = outcomes().map(({ code }) => code);
  assert.deepEqual(sorted(declared), sorted(known.filter((code) => code !== 'FOUND')));
});

test('docs/troubleshooting.md has every warning', () => {
  const listed = rowsOf('docs/troubleshooting.md', 'Warnings').flatMap(([code]) => codesIn(code));
  const given = [...LIB.matchAll(/\b(?:warn|once)\(\s*'([A-Z_]+)'/g)].map(([, code]) => code);
  const faults = outcomes().filter(({ critical }, outcome) => critical && !NO_FAULT.has(outcome));
  assert.deepEqual(sorted(listed), sorted([...new Set(given), ...faults.map(({ code }) => code)]));
});

test('docs/monitoring.md has every channel, and the members that its message is declared to have', () => {
  const { authorize: tracing, ...channels } = require('../lib/diagnostics/channels');
  const rows = rowsOf('docs/monitoring.md', 'Channels').map((cells) => cells.map(codesIn));
  const known = Object.values(channels).map(({ name }) => name);
  assert.deepEqual(sorted(rows.map(([[name]]) => name)), sorted(known));
  const typings = textOf('types/diagnostics.d.ts');
  const declaredIn = (name) => {
    const [, base, body] = new RegExp(
      `^(?:export )?interface ${name}(?:<.*?>)?(?: extends (\\w+))? \\{$([^]*?)^\\}$`,
      'm',
    ).exec(typings);
    const own = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member]) => member);
    return base ? [...own, ...declaredIn(base)] : own;
  };
  for (const [[name], , members] of rows) {
    const words = name
      .split(':')[1]
      .split('-')
      .map((word) => word[0].toUpperCase() + word.slice(1));
    const listed = members.filter((member) => /^\w+$/.test(member) && member !== 'success');
    assert.deepEqual(sorted(listed), sorted(declaredIn(`${words.join('')}Message`)), name);
  }
  const events = rowsOf('docs/monitoring.md', 'Tracing').map(([event]) => codesIn(event)[0]);
  assert.deepEqual(
    sorted(events),
    sorted(Object.keys(tracing).filter((member) => member !== 'hasSubscribers')),
  );
});

test('docs/reliability.md has every fault that is tried, what happens, and the test that shows it', () => {
  const listed = rowsOf('docs/reliability.md', 'Under load').map((row) => [row[0], row[1], row.at(-1)]);
  const tried = GROUPS.flatMap((group) =>
    faultsOf(group).map(({ title, what }) => [title, what, `\`${testOf(group)}\``]),
  );
  assert.deepEqual(listed, tried);
});

test('docs/troubleshooting.md has reasons that an authorizer gives', () => {
  const source = LIB.replaceAll("\\'", "'");
  for (const [cell] of rowsOf('docs/troubleshooting.md', 'Look-ups are not native')) {
    for (const part of codesIn(cell)[0].split('…')) {
      const words = part.replaceAll(/[()]/g, '').trim();
      assert.ok(words === '' || source.includes(words), words);
    }
  }
});

test('docs/installing.md has every platform', () => {
  const listed = rowsOf('docs/installing.md', 'Platforms').map(([, , name]) => codesIn(name)[0]);
  assert.deepEqual(sorted(listed), sorted(TARGETS.map((target) => target.package)));
});

test('docs/compatibility.md has every Redis client', () => {
  const rows = rowsOf('docs/compatibility.md', 'Stores and clients').map(([, client]) => client);
  for (const name of Object.keys(CLIENTS)) {
    const [library] = name.split(' ');
    assert.ok(
      rows.some((row) => row.includes(library)),
      library,
    );
  }
});

/** Rows of docs/compatibility.md, and the package of which each names the versions. */
const VERSIONED = {
  Express: 'express',
  'express-session': 'express-session',
  Passport: 'passport',
  'Socket.IO': 'socket.io',
};

test('docs/compatibility.md has every version that is installed for the tests', () => {
  const rows = rowsOf('docs/compatibility.md', 'Versions');
  for (const [title, name] of Object.entries(VERSIONED)) {
    const [, tested] = rows.find(([what]) => what === title);
    for (const [alias, range] of Object.entries(devDependencies)) {
      // `socket.io` and `socket.io-4.5` are versions of one package; `socket.io-client` is another.
      if (alias.replace(/-[\d.]+$/, '') !== name) continue;
      const [version] = /\d+\.\d+/.exec(range.replace(/^npm:.*@/, ''));
      assert.ok(
        tested.split(/[ ,;]+/).some((each) => `${each}.`.startsWith(`${version}.`)),
        alias,
      );
    }
  }
});

function catchMessage(call) {
  try {
    call();
  } catch ({ message }) {
    return message;
  }
  return assert.fail('nothing was thrown');
}
