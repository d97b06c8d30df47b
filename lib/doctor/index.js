'use strict';

const fs = require('node:fs');
const { version: ownVersion } = require('../../package.json');
const { UsageError } = require('./errors');
const { examine } = require('./examine');
const { HELP, settingsFrom } = require('./options');
const { jsonOf, lastLineOf, lineOf, summaryOf } = require('./report');

const STANDARD_INPUT = 0;

/**
 * `passport-socketio-native doctor`. It needs Node and nothing else: the addon may be what does not work.
 * @param {string[]} args - what follows the name of the program
 * @param {{ stdout: import('node:tty').WriteStream, stderr: NodeJS.WritableStream }} streams
 * @returns {Promise<0 | 1 | 2>} the exit status
 */
async function main(args, { stdout, stderr }) {
  const say = (text) => stdout.write(`${text}\n`);
  let settings;
  try {
    settings = settingsOf(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\nSee: passport-socketio-native --help\n`);
    return 2;
  }
  if (settings.help) stdout.write(HELP);
  else if (settings.version) say(ownVersion);
  else return report(settings, { say, stdout });
  return 0;
}

function settingsOf([command, ...args]) {
  if (command === 'doctor') return settingsFrom(args, readFile);
  if (command === '--help' || command === '-h' || command === '--version' || command === '-v')
    return settingsFrom([command], readFile);
  throw new UsageError(
    command === undefined ? 'Give a command: doctor URL.' : 'There is one command: doctor URL.',
  );
}

function readFile(file) {
  return fs.readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
}

async function report(settings, { say, stdout }) {
  const hasColour = settings.hasColour && isColoured(stdout);
  const tell = settings.json ? undefined : (result) => say(lineOf(result, { hasColour }));
  const results = await examine(settings, tell);
  const summary = summaryOf(results);
  say(settings.json ? jsonOf(results, settings) : `\n${lastLineOf(summary)}`);
  return summary.problem > 0 || (settings.strict && summary.warning > 0) ? 1 : 0;
}

/** Node's own rules: a terminal, NO_COLOR, FORCE_COLOR, TERM=dumb. */
function isColoured(stdout) {
  return stdout.isTTY === true && stdout.getColorDepth() > 1;
}

module.exports = { main };
