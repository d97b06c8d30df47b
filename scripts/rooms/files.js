'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * The source files below a folder.
 * @param {string} folder
 * @param {'.js' | '.rs'} extension
 * @returns {{ file: string, name: string, text: string, code: string }[]} `name` is relative to the folder's parent, with
 *   slashes; `code` is the text without comments and contents of strings, with the same lines
 */
function filesUnder(folder, extension) {
  const root = path.dirname(folder);
  return fs
    .readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => {
      const text = fs.readFileSync(file, 'utf8');
      const name = path.relative(root, file).split(path.sep).join('/');
      return { file, name, text, code: withoutProse(text, extension) };
    });
}

const COMMENT = /\/\/.*|\/\*[\s\S]*?\*\//;
const JAVASCRIPT_STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/;
/** A quote may also begin a lifetime. */
const RUST_STRING = /r(#*)"[\s\S]*?"\1|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[^\n]{1,8}?)'/;

/** Comments and strings become blank; the lines stay. */
function withoutProse(text, extension) {
  const string = extension === '.rs' ? RUST_STRING : JAVASCRIPT_STRING;
  const prose = new RegExp(`${COMMENT.source}|${string.source}`, 'g');
  return text.replace(prose, (match) => match.replace(/[^\n]/g, ' '));
}

module.exports = { filesUnder };
