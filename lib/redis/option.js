'use strict';

const { readTls } = require('./tls');
const { isTlsOverSocket, targetOf } = require('./target');

/** The settings of the option, and the type of each. null and undefined count as missing. */
const SETTINGS = {
  url: [isText, 'must be a URL: redis://, rediss:// or unix://'],
  host: [isHost, 'must be a name or an IP address, without a port: that is the setting port'],
  port: [isPort, 'must be a whole number from 1 to 65535'],
  path: [isText, 'must be the path of a Unix socket'],
  nodes: [isList, 'must be an array of URLs or { host, port }, not an empty one'],
  sentinel: [isPlain, "must be { name, nodes }, and Sentinel's username, password and tls where it has them"],
  username: [isString, 'must be a string'],
  password: [isString, 'must be a string'],
  db: [isDatabase, 'must be a whole number from 0'],
  tls: [isTls, 'must be true, or { ca, cert, key, servername, rejectUnauthorized }'],
  keyPrefix: [isBytes, 'must be a string or a Buffer: what the client puts before every key'],
  clientName: [isClientName, 'must be letters, digits and signs without spaces: what CLIENT LIST shows'],
};

const SENTINEL_SETTINGS = {
  name: [isText, 'must be the name of the master that Sentinel watches'],
  nodes: SETTINGS.nodes,
  username: SETTINGS.username,
  password: SETTINGS.password,
  tls: SETTINGS.tls,
};

const NODE_SETTINGS = { host: SETTINGS.host, port: SETTINGS.port };

const PEM = 'must be PEM: a string or a Buffer';
const TLS_SETTINGS = {
  ca: [(value) => [value].flat().every(isBytes), `${PEM}, or an array of them`],
  cert: [isBytes, PEM],
  key: [isBytes, PEM],
  servername: [isText, 'must be the name that the certificate is to have'],
  rejectUnauthorized: [(value) => typeof value === 'boolean', 'must be true or false'],
};

/** The settings that locate Redis: exactly one of them must be given. */
const PLACES = ['url', 'host', 'path', 'nodes', 'sentinel'];

const SHAPES =
  'a URL (redis://, rediss://, unix://), an array of URLs (Redis Cluster), or an object of settings';

/**
 * Reads the option redis. The addon itself checks URLs and PEM texts.
 * @returns {{ target: object, keyPrefix: string | Uint8Array }} where Redis is, as the addon takes it
 * @throws {TypeError} naming the setting and what it should be, without any value
 */
function readRedisOption(redis) {
  if (isText(redis)) return read({ url: redis });
  if (Array.isArray(redis)) return read({ nodes: redis });
  if (typeof redis?.get === 'function')
    complain('', 'is a client: give the option client beside store, or where its Redis is');
  if (!isPlain(redis)) complain('', `must be ${SHAPES}`);
  return read(redis);
}

function read(given) {
  const settings = checked(given, SETTINGS, '');
  const places = PLACES.filter((name) => settings[name] !== undefined);
  if (settings.port !== undefined) {
    if (places.length === 0) places.push('host');
    if (places[0] !== 'host')
      complain('.port', `belongs to redis.host, and redis.${places[0]} says another place`);
    settings.host ??= '127.0.0.1';
  }
  if (places.length === 0)
    complain('', `does not say where Redis is. It must be ${SHAPES}: ${PLACES.join(', ')}`);
  if (places.length > 1)
    complain(`.${places[0]}`, `and redis.${places[1]} contradict each other: give one of them`);
  if (settings.nodes && settings.db)
    complain('.db', 'must be 0 with redis.nodes: Redis Cluster has no other');
  const { nodes, sentinel } = settings;
  const sentinels = sentinel && readSentinel(sentinel);
  const parts = sentinels?.nodes ?? nodes?.map(nodeAt('.nodes')) ?? [settings];
  const target = targetOf({
    ...settings,
    nodes: parts,
    cluster: nodes !== undefined,
    sentinel: sentinels,
    // The nodes in `sentinel` are the Sentinels, and its `tls` is for them.
    tls: tlsFor('.tls', settings.tls, sentinel ? [] : parts),
  });
  return { target, keyPrefix: settings.keyPrefix ?? '' };
}

function readSentinel(given) {
  const settings = checked(given, SENTINEL_SETTINGS, '.sentinel');
  for (const name of ['name', 'nodes']) {
    if (!settings[name]) complain(`.sentinel.${name}`, `is missing: it ${SENTINEL_SETTINGS[name][1]}`);
  }
  const nodes = settings.nodes.map(nodeAt('.sentinel.nodes'));
  return { ...settings, nodes, tls: tlsFor('.sentinel.tls', settings.tls, nodes) };
}

function nodeAt(list) {
  return (given, index) => {
    const at = `${list}[${index}]`;
    if (isText(given)) return { url: given };
    if (!isPlain(given)) complain(at, 'must be a URL or { host, port }');
    const settings = checked(given, NODE_SETTINGS, at);
    if (!settings.host) complain(`${at}.host`, `is missing: it ${NODE_SETTINGS.host[1]}`);
    return settings;
  };
}

/** TLS by the setting or by the URLs, which must not contradict the setting or each other. */
function tlsFor(setting, given, nodes) {
  const urls = nodes.flatMap(({ url }) => url ?? []);
  const secure = urls.filter((url) => /^\s*(rediss|valkeys):/i.test(url));
  if (secure.length > 0 && secure.length < urls.length)
    complain(setting, 'is contradicted: URLs with rediss:// and with redis:// stand side by side');
  if (given === false && secure.length > 0)
    complain(setting, 'is false, and contradicts the URL with rediss://');
  if (given && secure.length < urls.length)
    complain(setting, 'contradicts a URL without TLS: write rediss:// there');
  if (isTlsOverSocket(given, nodes))
    complain(setting, 'contradicts redis.path: there is no TLS over a Unix socket');
  if (typeof given === 'object') checked(given, TLS_SETTINGS, setting);
  const { tls, unsupported } = readTls(given ?? secure.length > 0);
  if (unsupported)
    complain(`${setting}.${unsupported}`, TLS_SETTINGS[unsupported]?.[1] ?? 'is not supported');
  return tls;
}

/** The given settings, each with the right type. */
function checked(given, table, at) {
  const settings = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(table, name)) {
      // Only a plain word is shown: an unknown name may be a URL with a password.
      const shown = /^\w{1,30}$/.test(name) ? `${at}.${name}` : `${at} has a setting that`;
      complain(shown, `is unknown: there are ${Object.keys(table).join(', ')}`);
    }
    if (value == null) continue;
    const [isGood, demand] = table[name];
    if (!isGood(value)) complain(`${at}.${name}`, demand);
    settings[name] = value;
  }
  return settings;
}

function complain(setting, text) {
  throw new TypeError(`authorize(): option redis${setting} ${text}.`);
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

/** A host name has no colon; an IPv6 address has at least two. */
function isHost(value) {
  return isText(value) && !/^[^:]*:[^:]*$/.test(value);
}

/** The characters that Redis accepts in a client name: ! to ~. */
function isClientName(value) {
  return isText(value) && /^[!-~]+$/.test(value);
}

function isString(value) {
  return typeof value === 'string';
}

function isBytes(value) {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function isPort(value) {
  return Number.isInteger(value) && value > 0 && value < 65_536;
}

/** Redis numbers its databases with a signed 32-bit integer. */
function isDatabase(value) {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function isList(value) {
  return Array.isArray(value) && value.length > 0;
}

function isTls(value) {
  return typeof value === 'boolean' || isPlain(value);
}

function isPlain(value) {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

module.exports = { readRedisOption };
