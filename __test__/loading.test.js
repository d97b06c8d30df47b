'use strict';

// How the package is loaded: both module systems, stubs, the require cache, more than one copy.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { assertPrints } = require('./support/child');

/** No preamble: it would load the package first. */
const BARE = { preamble: '' };
const INDEX = JSON.stringify(path.join(__dirname, '..', 'index.js'));

test('import: named, default, namespace', async () => {
  const script = `
    import passportSocketIo, { authorize, filterSocketsByUser, AuthorizationError } from ${INDEX};
    import * as all from ${INDEX};
    console.log(typeof authorize, typeof filterSocketsByUser, typeof AuthorizationError);
    console.log(passportSocketIo.authorize === authorize, all.authorize === authorize);`;
  await assertPrints(script, 'function function function\ntrue true', {
    ...BARE,
    args: ['--input-type=module'],
  });
});

test('the package by its own name', async () => {
  await assertPrints(
    `console.log(Object.keys(require('passport-socketio-native')).sort().join());`,
    ['AuthorizationError', 'authorize', 'countSocketsByUser', 'filterSocketsByUser'].join(),
    BARE,
  );
});

test('authorize can be stubbed', async () => {
  const script = `
    const passportSocketIo = require(${INDEX});
    passportSocketIo.authorize = () => 'stub';
    console.log(require(${INDEX}).authorize());`;
  await assertPrints(script, 'stub', BARE);
});

test('loaded again with an empty require cache, both copies work and know each other’s errors', async () => {
  const visitModule = JSON.stringify(path.join(__dirname, 'support', 'visit'));
  const script = `
    const { SECRET, cookieOf, passportOf, visit } = require(${visitModule});
    const store = { get: (sid, done) => done(null, sid && { passport: { user: sid } }) };
    const copies = [];
    for (let i = 0; i < 5; i++) {
      for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
      copies.push(require(${INDEX}));
    }
    (async () => {
      for (const { authorize } of copies) {
        const authorizer = authorize({ store, secret: SECRET, passport: passportOf() });
        const { data } = await visit(authorizer, cookieOf('ann'));
        const { error } = await visit(authorizer, '');
        console.log(data.user.id, copies.every(({ AuthorizationError }) => error instanceof AuthorizationError));
      }
    })();`;
  await assertPrints(script, Array(5).fill('ann true').join('\n'), BARE);
});

test('every file of lib is part of the package and loads by itself', async () => {
  const lib = path.join(__dirname, '..', 'lib');
  const files = fs.readdirSync(lib, { recursive: true }).filter((file) => file.endsWith('.js'));
  assert.ok(files.length > 10);
  for (const file of files) require(path.join(lib, file));
});

test('an addon that lacks anything that lib uses is refused: the list of what is needed is whole', () => {
  const lib = path.join(__dirname, '..', 'lib');
  const texts = fs
    .readdirSync(lib, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .map((file) => fs.readFileSync(path.join(lib, file), 'utf8'))
    .filter((text) => /^const native = require|NEEDED/m.test(text));
  const used = new Set(
    texts.flatMap((text) => [...text.matchAll(/(?<![.\w-])native\.([A-Za-z]+)\b/g)].map(([, name]) => name)),
  );
  const [, needed] = /NEEDED\s*=\s*'([^']+)'/.exec(texts.find((text) => text.includes('NEEDED')));
  assert.deepEqual([...used].sort(), needed.split(' ').sort());
});
