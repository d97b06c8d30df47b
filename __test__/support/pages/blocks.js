'use strict';

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..', '..', '..');
/** Folders without pages of ours. */
const OTHERS = ['node_modules', 'target', 'npm', '.git'];

/** Every page of the repository, by its path from the root, with slashes. */
const PAGES = fs
  .readdirSync(ROOT, { withFileTypes: true })
  .filter(({ name }) => !OTHERS.includes(name))
  .flatMap((entry) => (entry.isDirectory() ? pagesIn(entry.name) : entry.name))
  .filter((name) => name.endsWith('.md'))
  .sort();

function pagesIn(folder) {
  const files = fs.readdirSync(path.join(ROOT, folder), { recursive: true });
  return files.map((file) => `${folder}/${file.split(path.sep).join('/')}`);
}

function textOf(page) {
  return fs.readFileSync(path.join(ROOT, page), 'utf8').replaceAll('\r\n', '\n');
}

/**
 * The fenced blocks of a page. A comment above a block names its test: `<!-- test: whole app -->`.
 * @typedef {{ page: string, line: number, name?: string, language: string, code: string }} Block
 * @param {string} page
 * @returns {Block[]}
 */
function blocksOf(page) {
  return blocksIn(textOf(page)).map((block) => ({ page, ...block }));
}

function blocksIn(text) {
  const blocks = [];
  const lines = text.split('\n');
  let name;
  for (let at = 0; at < lines.length; at++) {
    const [, comment] = /^ *<!-- test: (.+) -->$/.exec(lines[at]) ?? [];
    if (comment !== undefined) name = comment;
    // An empty line may stand between the comment and its block, and nothing else.
    else if (lines[at].trim() !== '') {
      const [, indent, fence, language] = /^( *)(`{3,}|~{3,})(.*)$/.exec(lines[at]) ?? [];
      if (fence !== undefined) {
        const end = lines.indexOf(indent + fence, at + 1);
        if (end < 0) throw new Error(`line ${at + 1}: the block does not end`);
        const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
        blocks.push({ line: at + 1, name, language: language.trim(), code: code.join('\n') });
        at = end;
      }
      name = undefined;
    }
  }
  return blocks;
}

/** A diff as the code before it and after it. */
function sidesOf(diff) {
  const lines = diff.split('\n');
  const without = (mark) => lines.filter((line) => line[0] !== mark).map((line) => line.slice(1));
  return { before: without('+').join('\n'), after: without('-').join('\n') };
}

module.exports = { PAGES, ROOT, blocksIn, blocksOf, sidesOf, textOf };
