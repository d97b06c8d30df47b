'use strict';

// `npm run demo -- --once`, with sessions in a Redis of its own and without any Redis; and how the demo ends.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { test } = require('node:test');
const { runScript } = require('./support/child');
const { connect } = require('./support/socket-client');

const DEMO = JSON.stringify(require.resolve('../examples/demo'));
const ONCE = `require(${DEMO}).main(['--once']);`;
/** It opens a thousand connections. */
const ENDS_WITHIN = 120_000;
const LOG_OUT = /^ +log-out → sockets ended in [\d.]+ ms \((.+)\)$/m;
const START_REDIS = /^(ok|skip) .*“Start Redis”/m;
const STEP = /^(ok +\d+ ms|skip +) {2}\S/;

for (const [title, env, how, started] of [
  ['in Redis', {}, 'Redis tells of the end', 'ok'],
  ['in memory', { REDIS_SERVER: '/nowhere' }, 'the store is asked every 200 ms', 'skip'],
]) {
  test(`the demo with sessions ${title}: all of it, as a script`, async () => {
    const options = { env: { REDIS_URL: '', ...env }, preamble: ONCE, endsWithin: ENDS_WITHIN };
    const { code, out, err } = await runScript('', options);
    assert.equal(code, 0, out + err);
    assert.equal(LOG_OUT.exec(out)?.[1], how, out);
    assert.equal(START_REDIS.exec(out)?.[1], started, out);
    const [sessions, , ...steps] = out.split('\n');
    assert.match(sessions, /^Sessions: /);
    assert.match(steps.at(-1), /^All as expected, in [\d.]+ s\.$/);
    // Lines below a step belong to it.
    for (const line of steps.slice(0, -2)) if (!line.startsWith(' ')) assert.match(line, STEP);
  });
}

test('at the first surprise the script ends with the name of the step', async () => {
  const preamble = `require(${JSON.stringify(require.resolve('../examples/demo/users'))}).banned.add('bob'); ${ONCE}`;
  const { code, out, err } = await runScript('', {
    env: { REDIS_URL: '', REDIS_SERVER: '/nowhere' },
    preamble,
  });
  assert.equal(code, 1, out);
  assert.match(err, /FAILED {2}bob logs in by HTTP\nbob is banned/);
  assert.doesNotMatch(out, /All as expected/);
});

test('a PORT that is none, or taken: said in a line', async (t) => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address();
  for (const [PORT, message] of [
    ['abc', 'PORT is no number of a port: abc'],
    ['65536', 'PORT is no number of a port: 65536'],
    [String(port), `PORT ${port} is taken by another process.`],
  ]) {
    const preamble = `require(${DEMO}).main([]).catch(({ message }) => console.log(message));`;
    const env = { PORT, REDIS_URL: '', REDIS_SERVER: '/nowhere' };
    const { out, err } = await runScript('', { env, preamble });
    assert.equal(out.trim(), message, err);
  }
});

test('a script that is ended leaves no Redis and no folder behind', { timeout: 60_000 }, async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const child = run(t, ['--once'], { TMPDIR: folder });
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ok ')) break;
  const [ofRedis, ...others] = fs.readdirSync(folder);
  assert.deepEqual(others, []);
  const socket = fs.readdirSync(path.join(folder, ofRedis)).find((name) => name.endsWith('.sock'));
  child.kill('SIGTERM');
  await once(child, 'exit');
  assert.deepEqual(fs.readdirSync(folder), []);
  const [port] = /\d+/.exec(socket);
  while (await isListening(Number(port)));
});

for (const [title, disturb] of [
  ['somebody is connected', async () => {}],
  [
    'Redis is stopped',
    async (url, cookie) => {
      const response = await post(`${url}/try/redis-stop`, { cookie });
      assert.equal((await response.json()).ok, true);
    },
  ],
  [
    'a thousand connect',
    async (url, cookie, socket) => {
      post(`${url}/try/flood`, { cookie }).catch(() => {});
      const others = ([{ sockets }]) => sockets > 1;
      for (;;) if (others((await once(socket, 'present'))[0])) return;
    },
  ],
]) {
  test(`Ctrl-C with a viewer of the panel, while ${title}`, async (t) => {
    const { child, url } = await serve(t);
    const reader = (await fetch(`${url}/panel`)).body.getReader();
    await reader.read();
    const cookie = await logIn(url);
    const { socket } = await connect(t, url, { cookie });
    await disturb(url, cookie, socket);
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    // The panel's stream has ended in order.
    for (;;) if ((await reader.read()).done) break;
  });
}

async function serve(t) {
  const child = run(t, []);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /http:\/\/localhost:(\d+)/.exec(line) ?? [];
    if (port) {
      child.stdout.resume();
      return { child, url: `http://127.0.0.1:${port}` };
    }
  }
  return assert.fail('the demo has ended');
}

/** A process that was killed may need a moment. */
function isListening(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function run(t, args, env) {
  const child = spawn(process.execPath, ['-e', `require(${DEMO}).main(${JSON.stringify(args)})`], {
    env: { ...process.env, PORT: '0', REDIS_URL: '', NODE_OPTIONS: '', NODE_TEST_CONTEXT: '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function logIn(url) {
  const response = await post(`${url}/login`, { form: { username: 'alice', password: 'rabbit' } });
  assert.equal(response.status, 200);
  return response.headers.getSetCookie()[0].split(';')[0];
}

function post(url, { cookie, form = {} }) {
  const headers = { accept: 'application/json', ...(cookie && { cookie }) };
  return fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
}
