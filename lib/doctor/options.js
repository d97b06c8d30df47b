'use strict';

const { URL } = require('node:url');
const { parseArgs } = require('node:util');
const { UsageError } = require('./errors');

const HELP = `Usage: passport-socketio-native doctor URL [options]

Examines a running Socket.IO app from outside: transports, cookies, CORS, and who may connect.
URL is that of the page, such as https://chat.example/.

  --origin ORIGIN      the page that connects, where it is on another host or port
  --cookie COOKIES     'name=value' of somebody who is logged in; other users of the machine can see it
  --cookie-file FILE   the same from a file, or from standard input with -
  --namespace NAME     a namespace to connect to; may be given more than once (default: /)
  --path PATH          the path of Socket.IO (default: /socket.io/)
  --timeout MS         how long an answer may take (default: 5000)
  --strict             warnings count as problems
  --json               one JSON document
  --no-color           no colours; NO_COLOR does that too
  --help, --version

Exit status: 0 nothing is wrong, 1 something is wrong, 2 the command line is wrong.
`;

/** Defaults are below: parseArgs knows none before Node 18.11. */
const FLAGS = {
  origin: { type: 'string' },
  cookie: { type: 'string' },
  'cookie-file': { type: 'string' },
  namespace: { type: 'string', multiple: true },
  path: { type: 'string' },
  timeout: { type: 'string' },
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
};
/** Of a timer. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * The command line after `doctor`.
 * @param {string[]} args
 * @param {(file: string) => string} read - gives the text of a file
 * @returns {object} throws `UsageError`
 */
function settingsFrom(args, read) {
  const { values, positionals } = parsed(args);
  const { help, version, strict, json } = values;
  if (help || version) return { help, version };
  if (positionals.length !== 1) throw new UsageError('Give one URL.');
  return {
    url: urlOf(positionals[0], 'the URL'),
    origin: values.origin === undefined ? undefined : urlOf(values.origin, '--origin'),
    cookie: cookieFrom(values, read),
    namespaces: [...new Set((values.namespace ?? ['/']).map(namespaceOf))],
    path: pathOf(values.path ?? '/socket.io/'),
    timeout: timeoutOf(values.timeout ?? '5000'),
    strict,
    json,
    hasColour: !values['no-color'],
  };
}

function parsed(args) {
  try {
    return parseArgs({ args, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function urlOf(text, what) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`${what} must be one of http or https, such as https://chat.example/.`);
  }
  if (!/^https?:$/.test(url.protocol)) throw new UsageError(`${what} must be one of http or https.`);
  if (url.username || url.password) throw new UsageError(`${what} must not have a password.`);
  return url;
}

/** The whole header, as a browser sends it. A value is never shown. */
function cookieFrom({ cookie, 'cookie-file': file }, read) {
  if (cookie !== undefined && file !== undefined)
    throw new UsageError('Give --cookie or --cookie-file, not both.');
  if (cookie === undefined && file === undefined) return undefined;
  const text = (cookie ?? textOf(file, read)).trim().replace(/^cookie:\s*/i, '');
  // A header of HTTP has no other characters.
  if (!/^[\x20-\x7e]*$/.test(text) || !/^[^=;\s]+=/.test(text))
    throw new UsageError("A cookie is one line: 'name=value', or 'name=value; other=value'.");
  return text;
}

function textOf(file, read) {
  try {
    return read(file);
  } catch (error) {
    throw new UsageError(`--cookie-file cannot be read: ${error.code ?? error.message}`);
  }
}

function namespaceOf(name) {
  if (/[,\s]/.test(name))
    throw new UsageError('--namespace is one name, such as /chat; give it once for each.');
  return name.startsWith('/') ? name : `/${name}`;
}

/** Clients end a path with a slash too. */
function pathOf(path) {
  if (!/^\/[\x21-\x7e]*$/.test(path) || /[?#]/.test(path) || path.startsWith('//'))
    throw new UsageError('--path begins with a slash, such as /socket.io/.');
  return path.endsWith('/') ? path : `${path}/`;
}

function timeoutOf(text) {
  const timeout = Number(text);
  if (!(Number.isInteger(timeout) && timeout > 0 && timeout <= LONGEST_TIMEOUT))
    throw new UsageError('--timeout is a number of milliseconds.');
  return timeout;
}

module.exports = { HELP, settingsFrom };
