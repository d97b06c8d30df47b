'use strict';

const { spawnSync } = require('node:child_process');

/** This machine. Slow, as it makes a diagnostic report: only for a load that has failed. */
function here({ platform, arch } = process) {
  const libc = platform === 'linux' ? libcHere() : null;
  return { name: nameOf(platform, arch, libc?.name), platform, arch, libc };
}

/** The suffix of a platform package. */
function nameOf(platform, arch, libc) {
  const abi = (libc === 'musl' ? 'musl' : 'gnu') + (arch === 'arm' ? 'eabihf' : '');
  return [platform, arch, { linux: abi, win32: 'msvc' }[platform]].filter(Boolean).join('-');
}

/** The C library of this process; null if Node gives no report. */
function libcHere() {
  // Not by detect-libc 2.1.2: it takes a musl Node on Debian that musl's loader started as a program for a glibc one.
  const { header, sharedObjects = [] } = tried(makeReport) ?? {};
  if (header === undefined) return null;
  if (header.glibcVersionRuntime) return { name: 'glibc', version: header.glibcVersionRuntime };
  // musl shows its version only in the usage message of its loader. A Node with --permission cannot start that.
  const loader = sharedObjects.find((file) => /\/ld-musl-[^/]*$/.test(file));
  const usage = tried(() => spawnSync(loader, { encoding: 'utf8', timeout: 2_000 }).stderr);
  return { name: 'musl', version: /Version (\S+)/.exec(usage)?.[1] ?? 'of unknown version' };
}

function makeReport() {
  const { excludeNetwork } = process.report;
  process.report.excludeNetwork = true; // Without it, Node resolves the peer name of every open connection.
  const report = process.report.getReport();
  process.report.excludeNetwork = excludeNetwork;
  return report;
}

/** What `work` returns; undefined if it throws. A fault in here must not hide the error that it explains. */
function tried(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

module.exports = { here, nameOf, tried };
