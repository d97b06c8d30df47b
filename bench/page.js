'use strict';

const fs = require('node:fs');
const path = require('node:path');

const PAGE = path.join(__dirname, '..', 'docs', 'benchmarks.md');

/** How a table stands in the page: between two comments, by which `--write` finds it again. */
function marked([name, text]) {
  return `<!-- bench ${name} -->\n\n${text}\n\n<!-- end -->`;
}

/**
 * Puts new tables into the page. Those of parts that did not run stay.
 * @param {Map<string, string>} tables
 */
function writePage(tables) {
  let page = fs.readFileSync(PAGE, 'utf8');
  for (const [name, text] of tables) {
    const place = new RegExp(`<!-- bench ${name} -->[^]*?<!-- end -->`);
    if (!place.test(page)) throw new Error(`docs/benchmarks.md has no place for ${name}`);
    page = page.replace(place, () => marked([name, text]));
  }
  fs.writeFileSync(PAGE, page);
}

module.exports = { marked, writePage };
