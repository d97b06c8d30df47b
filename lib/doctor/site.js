'use strict';

const { isIP } = require('node:net');

/**
 * Registries below which customers have their sites, as far as apps with sockets are found there. The whole list has 10,000
 * rows and would be a dependency; a host below a suffix that is missing here counts as one site with its neighbours.
 */
const SHARED = [
  'azurewebsites.net',
  'cloudfront.net',
  'firebaseapp.com',
  'fly.dev',
  'github.io',
  'gitlab.io',
  'glitch.me',
  'herokuapp.com',
  'netlify.app',
  'ngrok-free.app',
  'ngrok.io',
  'onrender.com',
  'pages.dev',
  'railway.app',
  'run.app',
  'surge.sh',
  'vercel.app',
  'web.app',
  'workers.dev',
];
/** co.uk, com.au and the like. */
const SECOND_LEVEL = /\.(ac|co|com|edu|gob|gov|net|ne|or|org)\.[a-z]{2}$/;

/** The part of a host that is one site to browsers: the registrable domain. */
function siteOf(host) {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return host;
  const isShared = SECOND_LEVEL.test(host) || SHARED.some((suffix) => host.endsWith(`.${suffix}`));
  return host
    .split('.')
    .slice(isShared ? -3 : -2)
    .join('.');
}

/** Browsers compare the scheme too, and no port. */
function isSameSite(one, other) {
  return one.protocol === other.protocol && siteOf(one.hostname) === siteOf(other.hostname);
}

function isLoopback({ hostname }) {
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

module.exports = { isLoopback, isSameSite, siteOf };
