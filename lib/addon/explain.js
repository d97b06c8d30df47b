'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { attemptsOf, decisive, isMissing } = require('./attempts');
const { diagnose } = require('./diagnosis');
const { binaryOf, installedPlatforms, isBundled, packageFor } = require('./installed');
const { nodeOf } = require('./node');
const { here } = require('./platform');
const { reinstallLines } = require('./reinstall');

const OWN_VERSION = require('../../package.json').version;
const CODE = 'ERR_PASSPORT_SOCKETIO_NO_BINARY';

/** What the generated loader threw, in our own words. */
function notLoaded(error) {
  return explained(error, () => {
    const attempts = attemptsOf(error);
    const cause = decisive(attempts);
    // Its causes are what was tried before it, not why it failed.
    delete cause.cause;
    const message = oneLine(cause.message);
    const chosen = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
    const machine = here();
    const wanted = wantedOf(attempts, machine);
    const binary = chosen ? null : binaryOf(wanted);
    const diagnosis = diagnose({
      ...{ wanted, message, machine, binary, chosen },
      missing: isMissing(cause),
      installed: installedPlatforms(),
      from: origin(),
    });
    const looked = chosen
      ? `${chosen} (NAPI_RS_NATIVE_LIBRARY_PATH)`
      : `${packageFor(wanted)} ${OWN_VERSION}`;
    const facts = { 'Looked for': looked, ...(binary && { Found: binary.file }), Cause: message };
    return errorOf(diagnosis, machine, facts, cause);
  });
}

/**
 * A binary was loaded, and is not the one that belongs to these files.
 * @param {{ carrier?: { name: string, version: string }, missing: string[] }} found - the package that brought it, and
 *   what it should export and does not
 */
function notOurs({ carrier, missing }) {
  const plain = new Error('passport-socketio-native cannot start: its binary is of another build.');
  return explained(plain, () => mismatch(carrier, missing));
}

function mismatch(carrier, missing) {
  const chosen = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  const differs = carrier && carrier.version !== OWN_VERSION;
  const problem = differs
    ? `${carrier.name} is version ${carrier.version}, and it needs ${OWN_VERSION}`
    : `its binary is of another build, it lacks ${missing.join(', ')}`;
  const advice = chosen
    ? [`Take NAPI_RS_NATIVE_LIBRARY_PATH out of the environment: it names ${chosen}`]
    : origin() === 'checkout' && !carrier
      ? ['This is a checkout: npm run build makes the binary anew.']
      : ['Both have to be of one version; look for overrides, resolutions, and files copied by hand.'];
  const reinstall = !chosen && origin() === 'package';
  const machine = here();
  const facts = { 'Looked for': `${carrier?.name ?? packageFor(machine.name)} ${OWN_VERSION}` };
  return errorOf({ problem, advice, reinstall }, machine, facts);
}

/** A fault in the explanation must not hide what it was to explain. */
function explained(error, explain) {
  try {
    return explain();
  } catch {
    return error;
  }
}

/** The platform whose package the loader named; it knows musl by other signs than we do. */
function wantedOf(attempts, { name, platform, arch }) {
  const named = attempts.flatMap(({ message }) => [
    ...message.matchAll(/@passport-socketio[\\/]binding-([a-z0-9-]+)/g),
  ]);
  return (
    named
      .map(([, ending]) => ending)
      .filter((ending) => ending.startsWith(`${platform}-${arch}`))
      .at(-1) ?? name
  );
}

function origin() {
  if (isBundled()) return 'bundle';
  return fs.existsSync(path.join(__dirname, '..', '..', 'Cargo.toml')) ? 'checkout' : 'package';
}

function errorOf({ problem, advice, reinstall }, machine, facts, cause) {
  const { platform, arch, libc } = machine;
  const where = [`${platform}-${arch}`, libc && `${libc.name} ${libc.version}`, nodeOf(process.versions)];
  const lines = Object.entries({ 'This machine': where.filter(Boolean).join(', '), ...facts });
  const again = reinstall
    ? ['Install again on this machine, in the folder of the app:', ...indented(reinstallLines())]
    : [];
  const text = [
    `passport-socketio-native cannot start: ${problem}.`,
    '',
    ...indented(lines.map(([title, value]) => `${`${title}:`.padEnd(14)}${value}`)),
    '',
    ...advice,
    ...again,
  ].join('\n');
  return Object.assign(new Error(text, cause && { cause }), { code: CODE });
}

function indented(lines) {
  return lines.map((line) => `  ${line}`);
}

/** Without Node's list of who required what. */
function oneLine(message) {
  return message.split('\nRequire stack:')[0].trim().replace(/\s+/g, ' ');
}

module.exports = { notLoaded, notOurs };
