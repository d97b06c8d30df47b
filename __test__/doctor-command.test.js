'use strict';

// The command line: flags, exit status, what is printed, and what is not.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { pipeline } = require('node:stream');
const { describe, test } = require('node:test');
const tls = require('node:tls');
const { bin, version } = require('../package.json');
const { RULES } = require('../lib/doctor/cookie-rules');
const { CHECKS } = require('../lib/doctor/examine');
const { settingsFrom } = require('../lib/doctor/options');
const { lastLineOf, lineOf } = require('../lib/doctor/report');
const { makeCertificates } = require('./support/certificates');
const { startApp } = require('./support/doctor/apps');

const WITHIN = { timeout: 60_000 };
const ROOT = path.join(__dirname, '..');
const PROGRAM = path.join(ROOT, bin['passport-socketio-native']);

/** Runs the program until it ends. */
function run(args, { input = '', node = [], env = {} } = {}) {
  const child = spawn(process.execPath, [...node, PROGRAM, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: '', ...env },
  });
  child.stdin.end(input);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe('the program', { concurrency: 2 }, () => {
  test('help and version', WITHIN, async () => {
    for (const args of [['--help'], ['doctor', '--help'], ['-h']]) {
      const { code, out, err } = await run(args);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^Usage: .*doctor URL/);
    }
    for (const args of [['--version'], ['doctor', '-v']])
      assert.deepEqual(await run(args), { code: 0, out: `${version}\n`, err: '' });
  });

  test('a wrong command line is 2, on the standard error', WITHIN, async () => {
    for (const args of [[], ['nothing'], ['doctor'], ['doctor', 'x', '--nothing']]) {
      const { code, out, err } = await run(args);
      assert.deepEqual([code, out], [2, ''], args.join(' '));
      assert.match(err, /--help/);
    }
  });

  test('0 for a healthy app, 1 for a problem, and for a warning with --strict', WITHIN, async (t) => {
    const app = await startApp(t);
    const healthy = await run(['doctor', app.url, '--strict', '--cookie-file', '-'], {
      input: `${app.ann}\n`,
    });
    assert.equal(healthy.code, 0, healthy.out);
    assert.match(healthy.out, /\n\n\d+ of \d+ checks passed: 1 not run\n$/);
    assert.match(healthy.out, /^✓ .*\n✓ /);
    const open = await startApp(t, { guard() {} });
    assert.equal((await run(['doctor', open.url])).code, 0);
    assert.equal((await run(['doctor', open.url, '--strict'])).code, 1);
    const wrong = await run(['doctor', open.url, '--namespace', '/none']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.out, /\n✗ .*\n {4}\S.*\n {4}https:/);
  });

  test('--json is one document, with the same status, and has no cookie', WITHIN, async (t) => {
    const app = await startApp(t);
    const args = [
      'doctor',
      app.url,
      '--json',
      '--cookie',
      app.ann,
      '--namespace',
      '/',
      '--namespace',
      '/none',
    ];
    const { code, out, err } = await run(args);
    assert.deepEqual([code, err], [1, '']);
    const { url, path: at, summary, checks } = JSON.parse(out);
    assert.deepEqual([url, at], [`${app.url}/`, '/socket.io/']);
    assert.equal(summary.problem, 1);
    const { id, namespace, advice } = checks.find(({ status }) => status === 'problem');
    assert.deepEqual([id, namespace, typeof advice], ['guest', '/none', 'string']);
    assert.ok(!out.includes(app.ann.split('=')[1]));
  });

  test('an app behind TLS', WITHIN, async (t) => {
    const { dir, ca, cert, key } = makeCertificates();
    t.after(() => fs.rmSync(dir, { recursive: true }));
    const pages = (app) => {
      app.set('trust proxy', 1);
      app.use((request, _response, next) => {
        request.headers['x-forwarded-proto'] = 'https';
        next();
      });
    };
    const cookie = { secure: true, sameSite: 'lax' };
    const app = await startApp(t, { pages, cookie });
    const { port } = new URL(app.url);
    const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (socket) => {
      const passed = net.connect(port, '127.0.0.1');
      pipeline(socket, passed, socket, () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const url = `https://127.0.0.1:${server.address().port}`;
    const args = ['doctor', url, '--strict', '--cookie', app.ann];
    const { code, out } = await run(args, { env: { NODE_EXTRA_CA_CERTS: path.resolve(dir, ca) } });
    assert.equal(code, 0, out);
    assert.match(out, /✓ WebSocket: opens\n✓ the cookie connect\.sid/);
    assert.match((await run(args)).out, /^✗ .*certificate.*\n.*NODE_EXTRA_CA_CERTS/);
  });

  test('it loads nothing of the package but itself, so it runs without the addon', WITHIN, async (t) => {
    const { url } = await startApp(t);
    const probe = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'doctor-')), 'probe.cjs');
    t.after(() => fs.rmSync(path.dirname(probe), { recursive: true }));
    fs.writeFileSync(
      probe,
      "process.on('exit', () => process.stderr.write(Object.keys(require.cache).join('\\n')));",
    );
    const { err } = await run(['doctor', url], { node: ['--require', probe] });
    const loaded = err.split('\n').filter((file) => file !== probe);
    const own = ['bin/', 'lib/doctor/', 'package.json'].map((name) => path.join(ROOT, name));
    assert.ok(loaded.length > 10);
    assert.deepEqual(
      loaded.filter((file) => !own.some((name) => file.startsWith(name))),
      [],
    );
  });
});

test('settings', () => {
  const read = () => 'Cookie: a=b; c=d\n';
  const settings = settingsFrom(
    [
      'https://chat.example',
      '--path',
      '/chat',
      '--namespace',
      'a',
      '--namespace',
      '/a',
      '--cookie-file',
      'x',
    ],
    read,
  );
  assert.equal(settings.url.href, 'https://chat.example/');
  assert.equal(settings.path, '/chat/');
  assert.deepEqual(settings.namespaces, ['/a']);
  assert.equal(settings.cookie, 'a=b; c=d');
});

for (const args of [
  ['chat.example'],
  ['ftp://chat.example'],
  ['https://user:secret@chat.example'],
  ['https://a.example', 'https://b.example'],
  ['https://a.example', '--origin', 'page'],
  ['https://a.example', '--path', 'socket.io'],
  ['https://a.example', '--path', '//evil.example'],
  ['https://a.example', '--timeout', '0'],
  ['https://a.example', '--timeout', '5s'],
  ['https://a.example', '--timeout', String(2 ** 31)],
  ['https://a.example', '--cookie', 'secret'],
  ['https://a.example', '--cookie', 'a=secret\r\nx: y'],
  ['https://a.example', '--cookie', 'a=b', '--cookie-file', '-'],
  ['https://a.example', '--cookie-file', 'nowhere'],
  ['https://a.example', '--namespace', '/a,/b'],
  ['https://a.example', '--cookie'],
]) {
  test(`refused: ${JSON.stringify(args)}`, () => {
    const read = () => {
      throw Object.assign(new Error('secret'), { code: 'ENOENT' });
    };
    assert.throws(
      () => settingsFrom(args, read),
      ({ constructor, message }) => constructor.name === 'UsageError' && !message.includes('secret'),
    );
  });
}

test('lines', () => {
  const result = { status: 'problem', what: 'it is ill', advice: 'rest', link: 'https://a.example' };
  const noisy = { status: 'ok', what: '\x1b[31mred\x9b0m\r' };
  assert.equal(lineOf(noisy, { hasColour: false }), '✓ [31mred0m');
  const text = '✗ it is ill\n    rest\n    https://a.example';
  assert.equal(lineOf(result, { hasColour: false }), text);
  assert.equal(lineOf(result, { hasColour: true }), text.replace('✗', '\x1b[31m✗\x1b[0m'));
  assert.equal(lineOf({ ...result, status: 'ok' }, { hasColour: false }), '✓ it is ill');
  assert.equal(lastLineOf({ ok: 2, warning: 0, problem: 0, 'not-run': 0 }), '2 of 2 checks passed');
  assert.equal(
    lastLineOf({ ok: 2, warning: 1, problem: 2, 'not-run': 3 }),
    '2 of 5 checks passed: 2 problems, 1 warning, 3 not run',
  );
});

test('docs/doctor.md has every check', () => {
  const page = fs.readFileSync(path.join(ROOT, 'docs', 'doctor.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z/-]{3,})` /gm)].map(([, id]) => id);
  const known = CHECKS.flatMap(({ id, parts }) => parts?.map((part) => `${id}/${part}`) ?? [id]);
  const rules = Object.keys(RULES).map((name) => `cookies/${name}`);
  assert.deepEqual(listed.sort(), [...known, ...rules].sort());
});
