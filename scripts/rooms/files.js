'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * The source files below a folder.
 * @param {string} folder
 * @param {'.js' | '.rs'} extension
 * @returns {{ file: string, name: string, text: string, code: string }[]} `name` is relative to the folder's parent, with
 *   slashes; `code` is the text without comments, strings and Rust's test modules, with the same lines
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
  const code = text.replace(prose, (match) => match.replace(/[^\n]/g, ' '));
  return extension === '.rs' ? withoutTests(code) : code;
}

/** Test modules stand last in a file. */
function withoutTests(code) {
  const at = code.search(/#\[cfg\((?:all\()?test\b[^\n]*\n\s*mod \w+ \{/);
  return at < 0 ? code : code.slice(0, at);
}

module.exports = { filesUnder };
