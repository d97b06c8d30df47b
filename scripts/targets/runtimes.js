'use strict';

const path = require('node:path');
const { npmPackage } = require('./fetch');

// npm has Node itself as packages, one for each platform, and Bun and Deno too.
const PLATFORM = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const ENDING = process.platform === 'win32' ? '.exe' : '';

/** Clients of Socket.IO 1 and 2 take a global WebSocket for a browser's, which sends no cookies of their own. */
const NO_WEBSOCKET = ['--no-experimental-websocket'];

/** The oldest Node that we promise, then those in maintenance today: with its arguments, and what its tests cannot use there. */
const NODES = [
  {
    version: '18.20.8',
    args: [],
    without: [
      'webtransport.test.js',
      // playwright-core needs Node 20.
      'browser-origin.test.js',
      // They load the ES modules of connect-redis 7 by require.
      'known-gets.test.js',
      'proven-dry-run.test.js',
      'proven-versions.test.js',
    ],
  },
  { version: '22.23.3', args: NO_WEBSOCKET, without: [] },
  { version: '24.21.0', args: NO_WEBSOCKET, without: [] },
];
/** One that is told that it is too old. */
const OLD_NODE = '14.21.3';
const BUN = '1.4.5';
const DENO = '2.9.6';

function nodeProgram(version) {
  return path.join(npmPackage(`node-${PLATFORM}@${version}`), 'bin', `node${ENDING}`);
}

function bunProgram() {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch.replace('arm64', 'aarch64')}`;
  return path.join(npmPackage(`@oven/bun-${platform}@${BUN}`), 'bin', `bun${ENDING}`);
}

function denoProgram() {
  const libc = process.platform === 'linux' ? '-glibc' : '';
  const folder = npmPackage(`@deno/${process.platform}-${process.arch}${libc}@${DENO}`);
  return path.join(folder, `deno${ENDING}`);
}

module.exports = { BUN, DENO, NODES, OLD_NODE, bunProgram, denoProgram, nodeProgram };
