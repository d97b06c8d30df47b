'use strict';

// Every TypeScript block of every page compiles with the settings of the type tests, in every TypeScript that is promised.
// Excerpts are part of examples, which are compiled by their own tests.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { PAGES, ROOT, blocksOf } = require('./support/pages/blocks');
const { folderFor, write } = require('./support/pages/programs');

/** What a sample finds that is a part of an app. */
const CONTEXT = `
import type { Server } from 'socket.io';
import type { SessionStore } from 'passport-socketio-native';
import * as ours from 'passport-socketio-native';

declare global {
  const io: Server;
  const sessionStore: SessionStore;
  const filterSocketsByUser: typeof ours.filterSocketsByUser;
  interface User {
    admin: boolean;
  }
}
`;
/** What some apps declare besides. */
const AUGMENTED = `
import type {} from 'passport';

declare module 'http' {
  interface IncomingMessage {
    user?: Express.User | undefined;
  }
}
`;
const CONFIG = {
  extends: path.join(ROOT, '__test__', 'types', 'tsconfig.base.json'),
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    typeRoots: [path.join(ROOT, 'node_modules', '@types')],
  },
  include: ['*.ts'],
};

const WITHIN = { timeout: 240_000 };

const samples = PAGES.flatMap(blocksOf).filter(
  ({ language, name }) => language === 'ts' && !name?.startsWith('excerpt of '),
);

for (const compiler of ['typescript', 'typescript7']) {
  test(`TypeScript in pages: ${compiler}`, WITHIN, async (t) => {
    assert.ok(samples.length > 0);
    // Each is a module, so that none sees another's names.
    const files = samples.map(({ name, code }) => [
      `${name.replaceAll(' ', '-')}.ts`,
      `${code}\nexport {};\n`,
    ]);
    assert.equal(await complaintsAbout(t, compiler, Object.fromEntries(files)), '');
    files.push(['augmented.d.ts', AUGMENTED]);
    assert.equal(await complaintsAbout(t, compiler, Object.fromEntries(files)), '', 'augmented');
  });
}

test('a sample that is wrong is found', WITHIN, async (t) => {
  const wrong = 'filterSocketsByUser(io, (user: User) => user.nothing);';
  const complaints = await complaintsAbout(t, 'typescript', { 'wrong.ts': wrong });
  assert.match(complaints, /^wrong\.ts\(1,\d+\): error TS2339/);
});

/** What the compiler has to say. */
function complaintsAbout(t, compiler, files) {
  const folder = folderFor(t);
  write(folder, { ...files, 'context.d.ts': CONTEXT, 'tsconfig.json': JSON.stringify(CONFIG) });
  const manifest = require.resolve(`${compiler}/package.json`);
  const tsc = path.join(path.dirname(manifest), require(manifest).bin.tsc);
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', folder], { cwd: folder }, (error, stdout, stderr) => {
      resolve(error ? stdout + stderr || String(error) : '');
    });
  });
}
