'use strict';

const { execFile, spawnSync } = require('node:child_process');
const os = require('node:os');
const { promisify } = require('node:util');
const { ROOT, StepFailed, needRust } = require('../support/prepare');

/** Tables and buffers have grown to their size after the first of these. The difference is what the others cost. */
const CALLS = [128, 384];
/** The counts of two runs differ by what depends on random keys and on the time: some thousandths. */
const LIMIT_MS = 300_000;
/**
 * The C library chooses its memcpy by the processor, of which valgrind shows what it knows. With these it is the same one
 * everywhere. (A library that has other names for them does as it likes: some per mille.)
 */
const TUNABLES = 'glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX_Usable,-ERMS,-AVX_Fast_Unaligned_Load';

/** @returns {string} the path of the program */
function build() {
  needRust();
  const args = ['bench', '--no-default-features', '--bench', 'cost', '--no-run', '--message-format=json'];
  const { status, signal, stdout, error } = spawnSync('cargo', args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new StepFailed(`cargo ${args.join(' ')}`, status ?? signal);
  const messages = stdout.split('\n').filter(Boolean).map(JSON.parse);
  return messages.findLast(({ executable, target }) => executable && target.name === 'cost').executable;
}

/** @returns {string} such as `1.95.0` */
function rustVersion() {
  const { stdout } = spawnSync('rustc', ['--version'], { cwd: ROOT, encoding: 'utf8' });
  return /^rustc (\S+)/.exec(stdout)[1];
}

/** @returns {{ [name: string]: { allocations: number, bytes: number } }} a call, exactly */
function allocations(program) {
  const { status, stdout, stderr } = spawnSync(program, ['allocations'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cost allocations: ${stderr}`);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return Object.fromEntries(
    rows.map(([name, times, bytes]) => [name, { allocations: Number(times), bytes: Number(bytes) }]),
  );
}

/** Adds to each case the instructions of a call. */
async function instructions(program, figures) {
  const waiting = Object.keys(figures);
  const work = async () => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const [fewer, more] = [await count(program, name, CALLS[0]), await count(program, name, CALLS[1])];
      figures[name].instructions = Math.round((more - fewer) / (CALLS[1] - CALLS[0]));
    }
  };
  await Promise.all(os.cpus().map(work));
}

async function count(program, name, calls) {
  const tool = ['--tool=callgrind', '--callgrind-out-file=/dev/null'];
  const { stderr } = await promisify(execFile)('valgrind', [...tool, program, 'run', name, String(calls)], {
    env: { ...process.env, GLIBC_TUNABLES: TUNABLES },
    timeout: LIMIT_MS,
  });
  return Number(/Collected : (\d+)/.exec(stderr)[1]);
}

module.exports = { allocations, build, instructions, rustVersion };
