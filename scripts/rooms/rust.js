'use strict';

/**
 * What Rust files import from other files of the crate, by `use` declarations and by paths in the code. A name that a
 * `mod.rs` re-exports counts as imported from where it is defined. Files of tests are left out.
 * @param {{ name: string, code: string }[]} files
 * @returns {{ from: string, to: string, text: string, line: number }[]} names as of `filesUnder`
 */
function importsOfRust(files) {
  const modules = new Map();
  for (const { name, code } of files) {
    if (/(^|\/)tests(\.rs$|\/)/.test(name)) continue;
    const module = moduleOf(name);
    modules.set(module.join('::'), { name, module, uses: usesOf(code) });
  }
  return [...modules.values()].flatMap(({ name, module, uses }) =>
    uses.flatMap(({ path, line }) => {
      const to = fileOf(path, module, modules);
      return to === undefined ? [] : [{ from: name, to, text: path.join('::'), line }];
    }),
  );
}

/** `src/redis/cluster/mod.rs` is the module redis::cluster. */
function moduleOf(name) {
  const parts = name
    .replace(/^src\//, '')
    .replace(/\.rs$/, '')
    .split('/');
  return parts.at(-1) === 'mod' || name === 'src/lib.rs' ? parts.slice(0, -1) : parts;
}

/** @returns {{ path: string[], line: number, name?: string }[]} `name`: under which a `use` has it */
function usesOf(given) {
  const uses = [];
  // `pub(in crate::redis)` names a room, and imports nothing of it.
  const code = given.replace(/\bpub\s*\([^)]*\)/g, (found) => ' '.repeat(found.length));
  const rest = code.replace(/\buse\s+([^;]+);/g, (found, tree, at) => {
    const line = lineAt(code, at);
    for (const path of leavesOf(tree.replace(/\s+/g, ' '))) uses.push({ ...path, line });
    return found.replace(/[^\n]/g, ' ');
  });
  for (const found of rest.matchAll(/(?<!::\s*)\b[a-z_]\w*(?:\s*::\s*\w+)+/g)) {
    uses.push({ path: found[0].split(/\s*::\s*/), line: lineAt(code, found.index) });
  }
  return uses;
}

/** `a::{b, c as d}` names a::b and a::c. */
function leavesOf(tree, before = []) {
  const text = tree.trim();
  const open = text.indexOf('{');
  if (open >= 0) {
    const path = [...before, ...text.slice(0, open).split('::').map(trim).filter(Boolean)];
    return partsOf(text.slice(open + 1, text.lastIndexOf('}'))).flatMap((part) => leavesOf(part, path));
  }
  if (text === '') return [];
  const [path, alias] = text.split(/ as /);
  const parts = [...before, ...path.split('::').map(trim).filter(Boolean)];
  const isItself = parts.length > 1 && parts.at(-1) === 'self';
  const full = isItself ? parts.slice(0, -1) : parts;
  return [{ path: full, name: alias?.trim() ?? full.at(-1) }];
}

/** Splits at the commas that stand in no inner braces. */
function partsOf(list) {
  const parts = [''];
  let depth = 0;
  for (const character of list) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** The file that a path leads to; undefined for other crates. */
function fileOf(path, module, modules, depth = 0) {
  const start = startOf(path, module, modules);
  if (start === undefined) return undefined;
  let { at, rest } = start;
  while (rest.length > 0 && modules.has([...at, rest[0]].join('::'))) {
    at = [...at, rest[0]];
    rest = rest.slice(1);
  }
  const target = modules.get(at.join('::'));
  if (target === undefined) return undefined;
  const shared = target.uses.find(({ name }) => name !== undefined && name === rest[0]);
  // What it takes from elsewhere itself is defined there.
  if (shared && depth < 8) return fileOf(shared.path, target.module, modules, depth + 1) ?? undefined;
  return target.name;
}

function startOf([first, ...rest], module, modules) {
  if (first === 'crate') return { at: [], rest };
  if (first === 'self') return { at: module, rest };
  if (first === 'super') {
    let at = module.slice(0, -1);
    let left = rest;
    while (left[0] === 'super') {
      at = at.slice(0, -1);
      left = left.slice(1);
    }
    return { at, rest: left };
  }
  return modules.has([...module, first].join('::')) ? { at: module, rest: [first, ...rest] } : undefined;
}

function lineAt(code, index) {
  return code.slice(0, index).split('\n').length;
}

function trim(text) {
  return text.trim();
}

module.exports = { importsOfRust };
