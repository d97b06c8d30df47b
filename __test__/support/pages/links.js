'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { ROOT, textOf } = require('./blocks');

/** A page without its blocks, in which nothing is a heading or a link. */
function proseOf(page) {
  return textOf(page).replace(/^( *)(`{3,}|~{3,})[^]*?^\1\2$/gm, '');
}

/**
 * The links of a page, and the pictures in its HTML.
 * @returns {{ text: string, target: string }[]}
 */
function linksOf(page) {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '));
  const inline = [...prose.matchAll(/\[([^\]]*)\]\(([^()\s]*(?:\([^()\s]*\))?[^()\s]*)\)/g)];
  const references = [...prose.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)];
  const pictures = [...prose.matchAll(/(?<= )(src|srcset)="([^"]+)"/g)];
  return [...inline, ...references, ...pictures].map(([, text, target]) => ({ text, target }));
}

/** The anchors that GitHub makes of the headings of a page. */
function anchorsOf(page) {
  const seen = new Map();
  return [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const slug = slugOf(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** In lower case, without punctuation, with hyphens in place of spaces. */
function slugOf(heading) {
  const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return words.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
}

/**
 * What is wrong with a link, or nothing. Links to other sites are not followed.
 * @param {string} page
 * @param {string} target
 */
function faultOf(page, target) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) {
    return /^https:\/\/[\w.-]+\.[a-z]{2,}(\/\S*)?$/.test(target) ? undefined : 'is no https address';
  }
  const { file, anchor } = whereTo(page, target);
  if (!file.startsWith(ROOT) || !fs.existsSync(file)) return 'leads to no file';
  if (anchor === undefined) return undefined;
  const other = pageOf(file);
  if (!other.endsWith('.md')) return 'has an anchor in what is no page';
  return anchorsOf(other).includes(anchor) ? undefined : `leads to no heading of ${other}`;
}

function whereTo(page, target) {
  const [name, anchor] = target.split('#');
  const file = name === '' ? path.join(ROOT, page) : path.join(ROOT, path.dirname(page), name);
  return { file, anchor };
}

function pageOf(file) {
  return path.relative(ROOT, file).split(path.sep).join('/');
}

/** The pages that can be reached from a page by links. */
function reachableFrom(start) {
  const reached = new Set([start]);
  for (const page of reached) {
    for (const { target } of linksOf(page)) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
      const next = pageOf(whereTo(page, target).file);
      if (next.endsWith('.md') && fs.existsSync(path.join(ROOT, next))) reached.add(next);
    }
  }
  return reached;
}

module.exports = { anchorsOf, faultOf, linksOf, proseOf, reachableFrom, slugOf };
