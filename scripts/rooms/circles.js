'use strict';

/**
 * Circles of files that import each other, each once.
 * @param {{ from: string, to: string }[]} imports
 * @returns {string[][]} the files of each circle in order, the first one again at the end
 */
function circles(imports) {
  const targets = new Map();
  for (const { from, to } of imports) {
    if (from !== to) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  }
  const found = [];
  const done = new Set();
  for (const file of targets.keys()) follow(file, [], targets, done, found);
  return found;
}

function follow(file, path, targets, done, found) {
  const at = path.indexOf(file);
  if (at >= 0) {
    found.push([...path.slice(at), file]);
    return;
  }
  if (done.has(file)) return;
  for (const target of targets.get(file) ?? []) follow(target, [...path, file], targets, done, found);
  done.add(file);
}

module.exports = { circles };
