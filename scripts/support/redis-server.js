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
/** Linux gives away those from 32,768 on, others from 49,152 on. */
const PORTS = [10_000, 32_768];
const OUTPUT_KEPT = 4_000;

const running = new Set();

/**
 * Path of the Redis (or Valkey) server to start, or undefined: the one in the environment variable
 * REDIS_SERVER, which counts alone where it is set; else the first on the PATH.
 */
function findRedisServer() {
  const chosen = process.env.REDIS_SERVER;
  if (chosen) return isExecutable(chosen) ? chosen : undefined;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

/**
 * Starts a Redis of our own on the loopback interface, without persistence, and resolves when it answers PING.
 * It ends with `stop()`, and at the latest with this process.
 *
 * @param {object} [options]
 * @param {string[]} [options.args] More arguments for the server; they win over ours.
 * @param {number} [options.port] Default: a free one. Give the old one to restart a server where it was.
 * @param {string} [options.dir] Working folder, left in place by `stop()`. Default: a temporary one, removed.
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
      // Between our choice of a free port and Redis's bind another process may have taken it.
      const lostThePort = port === undefined && /address already in use/i.test(server.output());
      if (!lostThePort || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** Some servers are built without TLS; another one, in REDIS_SERVER_TLS, then serves what is under TLS. */
function programFor(args) {
  const { REDIS_SERVER_TLS: secure } = process.env;
  return secure && args.includes('--tls-port') ? secure : findRedisServer();
}

function launch(program, args, port, givenDir) {
  const dir = givenDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'redis-'));
  const socketPath = path.join(dir, `redis-${port}.sock`);
  const ours = ['--port', port, '--bind', HOST, '--dir', dir, '--unixsocket', socketPath];
  const noPersistence = ['--save', '', '--appendonly', 'no'];
  // A process group of its own: a Ctrl-C in the terminal reaches this process, which then ends Redis in its order.
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

/** Asked over the unix socket: that works for any `args`, a server that speaks only TLS on its port included. */
async function ready(server) {
  const deadline = Date.now() + READY_WITHIN_MS;
  let end;
  server.ended.then((how) => (end = how));
  for (;;) {
    const answer = await ping(server.socketPath);
    // Without a password PING is refused, but by a server that is ready. LOADING is not.
    if (/^\+PONG|^-NOAUTH/.test(answer)) break;
    if (end !== undefined) throw new Error(`Redis did not start (${end}):\n${server.output().trim()}`);
    if (Date.now() > deadline) {
      throw new Error(`Redis did not answer PING within ${READY_WITHIN_MS} ms:\n${server.output().trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  // From here on a server that nobody stops must not keep this process alive.
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

/** SIGKILL, because it also ends a server that was hung with SIGSTOP, and there is nothing to save. */
async function stop(server) {
  kill(server, 'SIGKILL');
  await server.ended;
}

/** Whoever sends a signal may await `ended`: from then on the server counts for this process again. */
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
  // First in the row, because a `once` listener is gone from the count as soon as it is called.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.prependListener(signal, endAllUnlessHandled);
}

/** A signal that the program itself does not handle would end it without an 'exit' event, and orphan the servers. */
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
}

/**
 * A port that is free, and that no system gives away by itself: those it would give to the next connection of another
 * test, and a client that keeps trying one of them, with nobody there, may in the end be connected to itself.
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
    // Windows refuses some that it has set aside.
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

module.exports = { findRedisServer, startRedis, freePort };
