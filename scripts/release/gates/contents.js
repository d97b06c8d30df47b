'use strict';

// The contents of the packages, as a committed text: a file that is added or removed shows in the diff.

/**
 * @param {{ name: string, files: string[] }[]} packages
 * @returns {string}
 */
function listContents(packages) {
  return packages
    .map(
      ({ name, files }) =>
        `${name}\n${[...files]
          .sort()
          .map((file) => `  ${file}\n`)
          .join('')}`,
    )
    .join('\n');
}

/**
 * @param {string} committed
 * @param {string} actual
 * @returns {string[]} one sentence a fault
 */
function contentFaults(committed, actual) {
  const [before, now] = [parse(committed), parse(actual)];
  return [
    ...now.filter((line) => !before.includes(line)).map((line) => `${line} is new`),
    ...before.filter((line) => !now.includes(line)).map((line) => `${line} is missing`),
  ];
}

/** Each file as `package: file`. */
function parse(text) {
  let name;
  const lines = [];
  for (const line of text.split(/\r?\n/).filter(Boolean)) {
    if (line.startsWith('  ')) lines.push(`${name}: ${line.trim()}`);
    else name = line;
  }
  return lines;
}

module.exports = { contentFaults, listContents };
