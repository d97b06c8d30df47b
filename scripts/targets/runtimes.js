'use strict';

const path = require('node:path');
const { npmPackage } = require('./fetch');

// Node, Bun and Deno are available as npm packages, one for each platform.
const PLATFORM = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const ENDING = process.platform === 'win32' ? '.exe' : '';

/** Clients of Socket.IO 1 and 2 use a global WebSocket as in a browser, without the cookies of the test. */
const NO_WEBSOCKET = ['--no-experimental-websocket'];

/** The oldest supported Node, then the maintained ones: each with its arguments, and the tests that cannot run there. */
const NODES = [
  {
    version: '18.20.8',
    args: [],
    without: [
      'webtransport.test.js',
      // playwright-core needs Node 20.
      'browser-origin.test.js',
      // They require() the ES modules of connect-redis 7.
      'known-gets.test.js',
      'proven-dry-run.test.js',
      'proven-versions.test.js',
    ],
  },
  { version: '22.23.3', args: NO_WEBSOCKET, without: [] },
  { version: '24.21.0', args: NO_WEBSOCKET, without: [] },
];
/** A Node that must get the message that it is too old. */
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
