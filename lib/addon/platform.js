'use strict';

const { spawnSync } = require('node:child_process');

/** What we publish a binary for: the endings of the platform packages, and for people. */
const SUPPORTED = {
  'linux-x64-gnu': 'Linux x64, glibc 2.17 or newer',
  'linux-x64-musl': 'Linux x64, musl (Alpine)',
  'linux-arm64-gnu': 'Linux arm64, glibc 2.17 or newer',
  'linux-arm64-musl': 'Linux arm64, musl (Alpine)',
  'linux-arm-gnueabihf': 'Linux armv7 with hard float, glibc 2.17 or newer',
  'darwin-x64': 'macOS x64',
  'darwin-arm64': 'macOS arm64',
  'win32-x64-msvc': 'Windows x64',
  'win32-arm64-msvc': 'Windows arm64',
};

/**
 * Where we are. Slow (a diagnostic report): for a load that has failed already.
 * @returns {{ name: string, platform: string, arch: string, libc: { name: string, version: string } | null }}
 *   `name` is the ending of the platform package
 */
function here({ platform, arch } = process) {
  const libc = platform === 'linux' ? libcHere() : null;
  return { name: nameOf(platform, arch, libc?.name), platform, arch, libc };
}

function nameOf(platform, arch, libc) {
  if (platform === 'win32') return `win32-${arch}-msvc`;
  if (platform !== 'linux') return `${platform}-${arch}`;
  const abi = libc === 'musl' ? 'musl' : 'gnu';
  return `linux-${arch}-${arch === 'arm' ? `${abi}eabihf` : abi}`;
}

/** The C library of this process; null where Node gives no reports. */
function libcHere() {
  const report = reportOf(process);
  if (!report?.header) return null;
  const { glibcVersionRuntime: glibc } = report.header;
  if (glibc) return { name: 'glibc', version: glibc };
  const loader = report.sharedObjects?.find((file) => /\/ld-musl-[^/]*$/.test(file));
  return { name: 'musl', version: muslVersion(loader) };
}

function reportOf({ report }) {
  if (!report) return null;
  const { excludeNetwork } = report;
  // Else names are looked up for every connection that the process has.
  if ('excludeNetwork' in report) report.excludeNetwork = true;
  try {
    return report.getReport();
  } catch {
    return null;
  } finally {
    if ('excludeNetwork' in report) report.excludeNetwork = excludeNetwork;
  }
}

/** musl tells its version nowhere but in the usage message of its loader. */
function muslVersion(loader) {
  if (loader === undefined) return 'of unknown version';
  try {
    const { stderr } = spawnSync(loader, { encoding: 'utf8', timeout: 2_000 });
    return /Version (\S+)/.exec(stderr)?.[1] ?? 'of unknown version';
  } catch {
    // A Node with --permission may start no programs.
    return 'of unknown version';
  }
}

module.exports = { SUPPORTED, here, nameOf };
