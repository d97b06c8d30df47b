'use strict';

// The licences of the Rust crates in the addon: most of them require that each copy includes the text.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('../support/prepare');

const NAMES = /^(licen[cs]e|copying|copyright|notice|unlicense)/i;

/** @returns {string} one text for all targets: it has the crates of each of them */
function licenses() {
  const args = ['metadata', '--format-version', '1', '--locked'];
  const metadata = JSON.parse(execFileSync('cargo', args, { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 }));
  const crates = linked(metadata).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    'passport-socketio-native is compiled together with the Rust standard library (MIT OR Apache-2.0, ' +
      'https://github.com/rust-lang/rust) and with these crates.',
    ...byText(crates).map(([text, names]) => `${names.join('\n')}\n\n${text}`),
  ].join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** The crates that this one links, directly or not. Build dependencies and macros do not count. */
function linked({ packages, resolve }) {
  const [nodes, byId] = [resolve.nodes, packages].map((list) => new Map(list.map((each) => [each.id, each])));
  const seen = new Set();
  const visit = (id) => {
    const isMacro = byId.get(id).targets.some(({ kind }) => kind.includes('proc-macro'));
    if (seen.has(id) || isMacro) return;
    seen.add(id);
    const normal = nodes.get(id).deps.filter((dep) => dep.dep_kinds.some(({ kind }) => kind === null));
    normal.forEach((dep) => visit(dep.pkg));
  };
  visit(resolve.root);
  seen.delete(resolve.root);
  return [...seen].map((id) => byId.get(id));
}

/** Crates that share a text share an entry. */
function byText(crates) {
  const entries = new Map();
  for (const { name, version, license, authors, repository, manifest_path: manifest } of crates) {
    const text = textsIn(path.dirname(manifest), license) || authors.join('\n');
    entries.set(text, [
      ...(entries.get(text) ?? []),
      `${name} ${version} (${license}) ${repository ?? ''}`.trim(),
    ]);
  }
  return [...entries];
}

/** If a crate offers a choice of licences, this takes the MIT one. */
function textsIn(folder, license) {
  const files = fs
    .readdirSync(folder)
    .filter((name) => NAMES.test(name) && fs.statSync(path.join(folder, name)).isFile());
  const mit = files.filter((name) => /mit/i.test(name));
  const taken = / OR /.test(license) && mit.length > 0 ? mit : files;
  return taken
    .sort()
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
}

module.exports = { licenses };
