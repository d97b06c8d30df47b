'use strict';

const { URL } = require('node:url');
const { warn } = require('../diagnostics');
const { failureOf } = require('../diagnostics/words');
const { allowedByCors, allowedByStaticCors } = require('./cors');

/**
 * The option `origin`: which pages may connect. A browser sends cookies with a WebSocket to any host that a page names, and
 * Engine.IO does not check the Origin of a WebSocket (cross-site WebSocket hijacking). `cors` alone keeps such a page from
 * reading the answers to polling requests, and from nothing else.
 */
class OriginCheck {
  #option;
  #warnings;

  /**
   * @param {false | 'same-host' | 'cors' | Function | RegExp | string | Array<string | RegExp>} option
   * @param {import('../diagnostics').Warnings} warnings
   */
  constructor(option, warnings) {
    const isList = typeof option !== 'function' && option !== 'same-host' && option !== 'cors';
    this.#option = isList
      ? [option].flat().map((rule) => (rule instanceof RegExp ? rule : normalized(rule)))
      : option;
    this.#warnings = warnings;
  }

  /**
   * @param {object} data - the request
   * @param {object | undefined} socket - leads to the server's `cors`
   * @returns {boolean | Promise<boolean>} a promise never rejects
   */
  allows(data, socket) {
    const { origin } = data.headers ?? {};
    if (origin === undefined) return !isFromElsewhere(data);
    const option = this.#option;
    if (typeof option === 'function') return answerOf(() => option(origin, data), 'the option origin', data);
    if (option === 'same-host') return isSameHost(data);
    if (option === 'cors') return isSameHost(data) || this.#corsAllows(data, socket);
    return option.some((rule) => matches(rule, origin));
  }

  /**
   * As `allows`, without a call of a function of the app.
   * @param {object | undefined} server - of Socket.IO, where it is known
   * @returns {boolean | undefined} undefined where only the app's function knows, or the server is not known
   */
  allowsBySettings(data, server) {
    const { origin } = data.headers;
    const option = this.#option;
    if (origin !== undefined && typeof option === 'function') return undefined;
    if (origin === undefined || option !== 'cors') return this.allows(data);
    return isSameHost(data) || (server && allowedByStaticCors(server, data));
  }

  #corsAllows(data, socket) {
    const { server } = socket?.nsp ?? {};
    if (server) return answerOf(() => allowedByCors(server, data), 'cors of the server', data);
    this.#warnings.once(
      'CORS_NOT_SEEN',
      "The option origin of authorize() is 'cors', but under allowRequest (and in Socket.IO 0.9) the cors of the server " +
        'cannot be seen: only pages of the same host are allowed. Use the authorizer as a middleware (io.use), or give ' +
        'origin a list.',
    );
    return false;
  }
}

/** The answer of a function of the app, now or later. One that throws or rejects refuses. */
function answerOf(ask, whose, data) {
  const failed = (error) => {
    const text = () =>
      `The function that is ${whose} failed, and the page was refused. ${failureOf(error, data)}`;
    warn('ORIGIN_ERROR', text, 1);
    return false;
  };
  try {
    const answer = ask();
    if (typeof answer?.then !== 'function') return Boolean(answer);
    return Promise.resolve(answer).then(Boolean, failed);
  } catch (error) {
    return failed(error);
  }
}

/**
 * Whether a request without an Origin comes from a page of another origin: by a script element (JSONP polling), a form, or
 * another navigation. Programs that are not browsers send none of these signs.
 */
function isFromElsewhere(data) {
  const query = data._query ?? data.query;
  const site = data.headers?.['sec-fetch-site'];
  const isOfPage = site !== undefined && site !== 'same-origin' && site !== 'none';
  return isOfPage || (typeof query === 'object' && query !== null && 'j' in query);
}

/**
 * Whether Origin and Host are the same host and port. A Host without a port has the default port of the Origin's scheme: a
 * proxy may have ended TLS.
 */
function isSameHost({ headers }) {
  // HTTP/2 has no Host, and a pseudo-header instead.
  const { origin, ':authority': authority, host = authority } = headers ?? {};
  const scheme = /^https?:\/\//.exec(origin)?.[0];
  // These characters would turn the text into more than host and port.
  if (!scheme || typeof host !== 'string' || /[/\\?#@\s]/.test(host)) return false;
  try {
    return new URL(origin).host === new URL(scheme + host).host;
  } catch {
    return false;
  }
}

/** `search` ignores the state (`lastIndex`) that a RegExp may have. */
function matches(rule, origin) {
  if (rule instanceof RegExp) return origin.search(rule) !== -1;
  return rule === origin;
}

/** As a browser writes it: host in lower case, no default port. Origins of other schemes than http stay as they are. */
function normalized(origin) {
  return /^https?:/i.test(origin) ? new URL(origin).origin : origin;
}

/** What is wrong with the option, or nothing. */
function complainAboutOrigin(option) {
  if (option === undefined || option === null || option === false) return undefined;
  if (typeof option === 'function' || option === 'same-host' || option === 'cors') return undefined;
  const rules = [option].flat();
  if (rules.length === 0) return 'is an empty list, which allows nobody: name the origins of your pages.';
  if (rules.includes('*') || rules.includes(true)) return 'allows everybody: write false, which says so.';
  const wrong = rules.find((rule) => !(rule instanceof RegExp) && !isOrigin(rule));
  if (wrong === undefined) return undefined;
  return (
    "must be 'same-host', 'cors', a list of origins such as 'https://app.example.com' (scheme, host, port if it is " +
    'not the usual one; no path, no slash at the end, and no *: that is a RegExp), a RegExp, a function (origin, request) => boolean, or false.'
  );
}

/** RFC 6454, 6.2: `null`, or scheme, host and port. Other schemes than http may have no host: `file://`. */
function isOrigin(rule) {
  if (rule === 'null') return true;
  if (typeof rule !== 'string' || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s*@]*$/i.test(rule)) return false;
  if (!/^https?:/i.test(rule)) return true;
  try {
    return new URL(rule).host !== '';
  } catch {
    return false;
  }
}

module.exports = { OriginCheck, complainAboutOrigin, isFromElsewhere, isSameHost };
