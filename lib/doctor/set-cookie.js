'use strict';

const { isIP } = require('node:net');

/** RFC 6265bis, section 5.6: a longer one is ignored as a whole. */
const LONGEST = 4096;

/**
 * Reads a Set-Cookie header as browsers do: RFC 6265, section 5.2. The last of two attributes of one name counts.
 * @typedef {object} SetCookie
 * @property {string} name
 * @property {string} value - never shown
 * @property {boolean} isSecure
 * @property {boolean} isPartitioned
 * @property {boolean} isDeletion - it ends the cookie instead of setting it
 * @property {'none' | 'lax' | 'strict' | undefined} sameSite
 * @property {string | undefined} domain - without its leading dot
 * @property {string} path
 * @property {URL} from - the URL that set it
 * @param {string} header
 * @param {URL} from
 * @returns {SetCookie | undefined} nothing for what browsers ignore
 */
function readSetCookie(header, from) {
  const [pair, ...attributes] = header.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(equals, 0)).trim();
  if (name === '') return undefined;
  const given = new Map(attributes.map(attributeOf));
  const sameSite = given.get('samesite')?.toLowerCase();
  const path = given.get('path') ?? '';
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    isSecure: given.has('secure'),
    isPartitioned: given.has('partitioned'),
    isDeletion: isOver(given),
    sameSite: ['none', 'lax', 'strict'].includes(sameSite) ? sameSite : undefined,
    domain: given.get('domain')?.replace(/^\./, '').toLowerCase() || undefined,
    path: path.startsWith('/') ? path : defaultPath(from.pathname),
    from,
  };
}

function attributeOf(text) {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  return [name.trim().toLowerCase(), equals < 0 ? '' : text.slice(equals + 1).trim()];
}

/** Max-Age counts before Expires. */
function isOver(given) {
  const age = given.get('max-age');
  if (/^-?\d+$/.test(age ?? '')) return Number(age) <= 0;
  const date = Date.parse(given.get('expires') ?? '');
  return date <= Date.now();
}

/** Section 5.1.4: the folder of the page that sets it. */
function defaultPath(pathname) {
  const slash = pathname.lastIndexOf('/');
  return slash <= 0 ? '/' : pathname.slice(0, slash);
}

/** Section 5.1.4. */
function coversPath(cookiePath, path) {
  if (cookiePath === path) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/');
}

/** Section 5.1.3. An address has no subdomains. */
function coversHost(domain, host) {
  return domain === host || (host.endsWith(`.${domain}`) && isIP(host) === 0);
}

function isTooLong({ name, value }) {
  return Buffer.byteLength(name) + Buffer.byteLength(value) > LONGEST;
}

/** The names of a Cookie header. */
function namesIn(header = '') {
  return header
    .split(';')
    .map((pair) => pair.split('=')[0].trim())
    .filter(Boolean);
}

module.exports = { coversHost, coversPath, isTooLong, namesIn, readSetCookie };
