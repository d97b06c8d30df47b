'use strict';

// `npm run check:rooms`: the rules by which the folders of `lib/` and `src/` stay apart. Imports are read as text.

const path = require('node:path');
const { circles } = require('./rooms/circles');
const { importsOfJavaScript } = require('./rooms/javascript');
const { importsOfRust } = require('./rooms/rust');
const { RULES } = require('./rooms/rules');
const { filesUnder } = require('./rooms/files');

const IMPORTS = { '.js': importsOfJavaScript, '.rs': importsOfRust };

/**
 * What breaks the rules below a folder.
 * @param {string} root - with `lib/` and `src/`
 * @returns {string[]} each with file and line, the offending import or text, and the rule
 */
function violations(root) {
  return RULES.flatMap(({ folder, extension, layers, only }) => {
    const files = filesUnder(path.join(root, folder), extension);
    const imports = IMPORTS[extension](files);
    return [
      ...files.flatMap(({ name }) => homeless(name, layers)),
      ...imports.flatMap((each) => upward(each, layers)),
      ...circles(imports).map((circle) => `a circle of files:\n  ${circle.join('\n  ')}`),
      ...files.flatMap((file) => misplaced(file, only)),
    ];
  });
}

function homeless(name, layers) {
  return layers.flat().some((room) => isIn(name, room))
    ? []
    : [`${name}: belongs to no room of scripts/rooms/rules.js`];
}

/** An import may stay in its room, or go to a room of a lower layer. */
function upward({ from, to, text, line }, layers) {
  const layerOf = (file) => layers.findIndex((layer) => layer.some((room) => isIn(file, room)));
  const isSameRoom = layers.flat().some((room) => isIn(from, room) && isIn(to, room));
  if (isSameRoom || layerOf(to) > layerOf(from)) return [];
  return [`${from}:${line}: "${text}" imports ${to}: rooms import from lower rooms only`];
}

function isIn(file, room) {
  return file === room || file.startsWith(`${room}/`);
}

/** Texts that only some files may have. */
function misplaced({ name, text: whole, code }, only) {
  return only
    .filter(({ where }) => !where.some((room) => isIn(name, room)))
    .flatMap(({ text, why }) => {
      const at = code.search(text);
      if (at < 0) return [];
      const line = code.slice(0, at).split('\n').length;
      return [`${name}:${line}: "${whole.split('\n')[line - 1].trim()}": ${why}`];
    });
}

if (require.main === module) {
  const found = violations(path.join(__dirname, '..'));
  for (const each of found) console.error(each);
  if (found.length > 0) process.exitCode = 1;
  else console.log('lib/ and src/: imports run down only, no circles, no text out of its room');
}

module.exports = { violations };
