'use strict';

/**
 * What a check says. A check that could not run is no fault of the app, and no proof that it is well.
 * @typedef {'ok' | 'warning' | 'problem' | 'not-run'} Status
 * @typedef {{ status: Status, what: string, advice?: string, link?: string, id?: string, namespace?: string }} Result
 */
const result = (status) => (what, advice, link) => ({ status, what, advice, link });

const LINKS = {
  codes: 'https://socket.io/docs/v4/troubleshooting-connection-issues/',
  cors: 'https://socket.io/docs/v4/handling-cors/',
  nodes: 'https://socket.io/docs/v4/using-multiple-nodes/',
  proxy: 'https://socket.io/docs/v4/reverse-proxy/',
  setCookie: 'https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie',
  partitioned: 'https://developer.mozilla.org/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies',
  certificates: 'https://nodejs.org/api/cli.html#node_extra_ca_certsfile',
};

const UPGRADE_ADVICE =
  'The proxy must pass the upgrade on. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

module.exports = {
  LINKS,
  UPGRADE_ADVICE,
  notRun: result('not-run'),
  ok: result('ok'),
  problem: result('problem'),
  warning: result('warning'),
};
