'use strict';

const { spawn } = require('node:child_process');
const { randomInt } = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const HOST = '127.0.0.1';
const NAMES = ['redis-server', 'valkey-server'];
const READY_WITHIN_MS = 10_000;
const POLL_MS = 20;
const PORT_ATTEMPTS = 5;
/** Below the ephemeral ports: those begin at 32,768 on Linux, and at 49,152 elsewhere. */
const PORTS = [10_000, 32_768];
const OUTPUT_KEPT = 4_000;

const running = new Set();
/** Folders for restarts, which no server removes. */
const keptFolders = new Set();

/**
 * The path of the Redis or Valkey server to start, or undefined. If the environment variable REDIS_SERVER is set, only
 * that program is used; otherwise the first one on the PATH.
 */
function findRedisServer() {
  const chosen = process.env.REDIS_SERVER;
  if (chosen) return isExecutable(chosen) ? chosen : undefined;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

/**
 * Starts a Redis on the loopback interface, without persistence, and resolves when it answers PING. `stop()` ends it; the
 * end of this process does too.
 *
 * @param {object} [options]
 * @param {string[]} [options.args] More arguments for the server; they override the default ones.
 * @param {number} [options.port] Default: a free one. Pass the old one to restart a server.
 * @param {string} [options.dir] Working folder, which `stop()` keeps. Default: a temporary one, which it removes.
 */
async function startRedis({ args = [], port, dir } = {}) {
  const program = programFor(args);
  if (program === undefined) {
    const { REDIS_SERVER: chosen } = process.env;
    throw new Error(
      chosen
        ? `REDIS_SERVER=${chosen} is no program that can be run`
        : `Neither ${NAMES.join(' nor ')} is on the PATH. Debian, Ubuntu: apt-get install redis-server`,
    );
  }
  for (let attempt = 1; ; attempt++) {
    const server = launch(program, args, port ?? (await freePort()), dir);
    try {
      await ready(server);
      return server.handle;
    } catch (error) {
      await server.handle.stop();
      // Another process may have taken the port before Redis could bind it.
      const lostThePort = port === undefined && /address already in use/i.test(server.output());
      if (!lostThePort || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/**
 * A temporary folder, for `dir` of servers that follow each other. It goes with `remove()`, or with the end of this process.
 * @returns {{ dir: string, remove: () => void }}
 */
function makeFolder() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'redis-'));
  const folder = { removable: dir };
  watchThisProcess();
  keptFolders.add(folder);
  const remove = () => {
    keptFolders.delete(folder);
    removeFolder(folder);
  };
  return { dir, remove };
}

/** For a server that is built without TLS, REDIS_SERVER_TLS names another one that serves TLS. */
function programFor(args) {
  const { REDIS_SERVER_TLS: secure } = process.env;
  return secure && args.includes('--tls-port') ? secure : findRedisServer();
}

function launch(program, args, port, givenDir) {
  const dir = givenDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'redis-'));
  const socketPath = path.join(dir, `redis-${port}.sock`);
  const ours = ['--port', port, '--bind', HOST, '--dir', dir, '--unixsocket', socketPath];
  const noPersistence = ['--save', '', '--appendonly', 'no'];
  // A process group of its own: so Ctrl-C in the terminal reaches only this process, which then ends Redis.
  const child = spawn(program, [...ours.map(String), ...noPersistence, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });

  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-OUTPUT_KEPT)));
  }
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });

  const server = { child, ended, socketPath, output: () => output, removable: givenDir ? undefined : dir };
  server.handle = {
    url: `redis://${HOST}:${port}`,
    host: HOST,
    port,
    socketPath,
    name: path.basename(program),
    pid: child.pid,
    process: child,
    /** Resolves when the server has ended, with the signal or exit code that ended it. */
    ended,
    /** Sends a signal (SIGKILL, SIGSTOP to hang it, SIGCONT, ...); false when the server has ended already. */
    kill: (signal = 'SIGKILL') => kill(server, signal),
    stop: () => stop(server),
  };
  watchThisProcess();
  running.add(server);
  ended.then(() => {
    running.delete(server);
    removeFolder(server);
  });
  return server;
}

/** Uses the Unix socket: that works for any `args`, even for a server whose port speaks only TLS. */
async function ready(server) {
  const deadline = Date.now() + READY_WITHIN_MS;
  let end;
  server.ended.then((how) => (end = how));
  for (;;) {
    const answer = await ping(server.socketPath);
    // NOAUTH comes from a server that is ready; LOADING does not.
    if (/^\+PONG|^-NOAUTH/.test(answer)) break;
    if (end !== undefined) throw new Error(`Redis did not start (${end}):\n${server.output().trim()}`);
    if (Date.now() > deadline) {
      throw new Error(`Redis did not answer PING within ${READY_WITHIN_MS} ms:\n${server.output().trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  // From here on, a running server must not keep this process alive.
  server.child.unref();
  server.child.stdout.unref();
  server.child.stderr.unref();
}

function ping(socketPath) {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath, () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.setEncoding('utf8');
    socket.once('data', (answer) => {
      resolve(answer);
      socket.destroy();
    });
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(''));
  });
}

/** SIGKILL also ends a server that is stopped by SIGSTOP, and there is no data to save. */
async function stop(server) {
  kill(server, 'SIGKILL');
  await server.ended;
}

/** The caller may await `ended`, so from here on the server keeps this process alive again. */
function kill({ child }, signal) {
  child.ref();
  return child.kill(signal);
}

function removeFolder({ removable }) {
  if (removable !== undefined) fs.rmSync(removable, { recursive: true, force: true });
}

let watching = false;

function watchThisProcess() {
  if (watching) return;
  watching = true;
  process.on('exit', endAll);
  // First, because a `once` listener is no longer counted after its call.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.prependListener(signal, endAllUnlessHandled);
}

/** A signal without a handler ends the process without an 'exit' event, and the servers would stay. */
function endAllUnlessHandled(signal) {
  if (process.listenerCount(signal) > 1) return;
  endAll();
  process.removeListener(signal, endAllUnlessHandled);
  process.kill(process.pid, signal);
}

function endAll() {
  for (const server of running) {
    server.child.kill('SIGKILL');
    removeFolder(server);
  }
  for (const folder of keptFolders) removeFolder(folder);
}

/**
 * A free port outside the ephemeral range. The system may give an ephemeral port to a connection of another test. And a
 * client that keeps connecting to a closed ephemeral port can end up connected to itself.
 */
async function freePort() {
  for (;;) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) return port;
  }
}

function isFree(port) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    // EACCES: Windows reserves some ports.
    probe.once('error', (error) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

module.exports = { findRedisServer, startRedis, makeFolder, freePort };
