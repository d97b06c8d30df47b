'use strict';

const { LINKS, problem, warning } = require('./result');
const { coversHost, coversPath, isTooLong } = require('./set-cookie');
const { isLoopback, isSameSite } = require('./site');

const SAMESITE_NONE = "sameSite: 'none', secure: true";

/**
 * What keeps a session cookie from the socket, each by a rule of browsers. The first that a cookie breaks is told: a browser
 * that drops it does not come to the next.
 * @param {import('./set-cookie').SetCookie} cookie
 * @param {object} app
 * @returns {import('./result').Result | undefined}
 */
function faultOf(cookie, app) {
  for (const [id, rule] of Object.entries(RULES)) {
    const fault = rule(cookie, app);
    if (fault) return { ...fault, id: `cookies/${id}` };
  }
  return undefined;
}

const RULES = {
  size(cookie) {
    if (!isTooLong(cookie)) return undefined;
    return problem(
      `the cookie ${cookie.name} is longer than 4096 bytes: browsers ignore it`,
      'Keep the session in a store, not in the cookie.',
      LINKS.setCookie,
    );
  },

  prefix({ name, isSecure, domain, path }) {
    const needsSecure = /^__(secure|host)-/i.test(name) && !isSecure;
    const isWrongHost = /^__host-/i.test(name) && (domain !== undefined || path !== '/');
    if (!needsSecure && !isWrongHost) return undefined;
    return problem(
      `the cookie ${name} has not what its prefix demands: browsers drop it`,
      "secure: true; for __Host- also path: '/', and no domain.",
      LINKS.setCookie,
    );
  },

  'none-without-secure': ({ name, isSecure, sameSite }) =>
    sameSite === 'none' && !isSecure
      ? problem(
          `the cookie ${name} has SameSite=None without Secure: browsers drop it`,
          `cookie: { ${SAMESITE_NONE} }`,
          LINKS.setCookie,
        )
      : undefined,

  'partitioned-without-secure': ({ name, isSecure, isPartitioned }) =>
    isPartitioned && !isSecure
      ? problem(
          `the cookie ${name} has Partitioned without Secure: browsers drop it`,
          `cookie: { partitioned: true, ${SAMESITE_NONE} }`,
          LINKS.partitioned,
        )
      : undefined,

  secure({ name, isSecure }, { url }) {
    if (!isSecure || url.protocol === 'https:') return undefined;
    const advice = "Use https; in development cookie: { secure: 'auto' }.";
    return isLoopback(url)
      ? warning(
          `the cookie ${name} is Secure on http: of all browsers, Safari drops it even on this machine`,
          advice,
          LINKS.setCookie,
        )
      : problem(
          `the cookie ${name} is Secure, and the URL is http: no browser sends it`,
          advice,
          LINKS.setCookie,
        );
  },

  domain({ name, domain, from }, { url }) {
    if (domain !== undefined && !coversHost(domain, from.hostname))
      return problem(
        `the cookie ${name} is for Domain=${domain}, which the host that sets it is not in: browsers drop it`,
        `Leave cookie.domain out, or name a domain of ${from.hostname}.`,
        LINKS.setCookie,
      );
    if (domain === undefined ? from.hostname === url.hostname : coversHost(domain, url.hostname))
      return undefined;
    return problem(
      `the cookie ${name} of ${from.hostname} is not sent to ${url.hostname}`,
      isSameSite(from, url)
        ? 'Give cookie.domain the domain that both hosts have, or serve both from one host.'
        : 'Serve page and sockets from one host, or log in at the host of the sockets.',
      LINKS.setCookie,
    );
  },

  path({ name, path }, { target }) {
    if (coversPath(path, target.path)) return undefined;
    return problem(
      `the cookie ${name} has Path=${path}, and is not sent to ${target.path}`,
      "cookie: { path: '/' }",
      LINKS.setCookie,
    );
  },

  'same-site'({ name, sameSite }, { origin, url }) {
    if (!origin || isSameSite(origin, url) || sameSite === 'none') return undefined;
    const has = sameSite === undefined ? 'no SameSite, which Chromium takes for Lax' : `SameSite=${sameSite}`;
    return problem(
      `the cookie ${name} has ${has}: it is not sent from ${origin.origin}, which is another site`,
      `Serve both from one site, or cookie: { ${SAMESITE_NONE} }`,
      LINKS.setCookie,
    );
  },

  'third-party'({ name, isPartitioned }, { origin, url }) {
    if (!origin || isSameSite(origin, url) || isPartitioned) return undefined;
    return warning(
      `the cookie ${name} is a third-party cookie at ${origin.origin}: Safari and Firefox block it, others may`,
      `Serve both from one site, or cookie: { partitioned: true, ${SAMESITE_NONE} }`,
      LINKS.partitioned,
    );
  },
};

module.exports = { RULES, faultOf };
