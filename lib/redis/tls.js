'use strict';

const fs = require('node:fs');
const tls = require('node:tls');

/**
 * Options of `tls.connect` that decide whom a connection trusts or what it agrees to, and that the addon
 * cannot follow. Others (host, port, timeouts, session tickets) do not change what a server is trusted for.
 */
const UNSUPPORTED = [
  'ALPNProtocols',
  'allowPartialTrustChain',
  'checkServerIdentity',
  'ciphers',
  'clientCertEngine',
  'crl',
  'ecdhCurve',
  'lookup',
  'maxVersion',
  'passphrase',
  'pfx',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'profile',
  'pskCallback',
  'secureContext',
  'secureOptions',
  'secureProtocol',
  'sigalgs',
  'socket',
];

/** The addon speaks TLS 1.2 and 1.3 whatever is asked, so that a lower limit is kept by itself. */
const LOW_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2'];

/**
 * How Node would speak TLS with these options, in the terms of the addon.
 * @param {unknown} options - as for `tls.connect`; `true`: TLS with its defaults; false or nothing: no TLS
 * @returns {{ tls: object | null } | { unsupported: string }} or the name of an option that cannot be followed
 */
function readTls(options) {
  if (!options) return { tls: null };
  if (options !== true && typeof options !== 'object') return { unsupported: 'a profile' };
  const given = options === true ? {} : options;
  const unsupported = UNSUPPORTED.find((name) => given[name] != null) ?? oddOption(given);
  if (unsupported) return { unsupported };
  const rejectUnauthorized = rejects(given);
  return {
    tls: {
      ca: given.ca == null ? (rejectUnauthorized ? defaultAuthorities() : null) : pemOf(given.ca, Infinity),
      cert: pemOf(given.cert, 1),
      key: pemOf(given.key, 1),
      servername: given.servername ?? null,
      rejectUnauthorized,
    },
  };
}

/** The name of an option that is followed, but not with this value. */
function oddOption({ ca, cert, key, servername, minVersion }) {
  if (!LOW_VERSIONS.includes(minVersion ?? tls.DEFAULT_MIN_VERSION)) return 'minVersion';
  if (servername != null && typeof servername !== 'string') return 'servername';
  if (pemOf(ca, Infinity) === undefined) return 'ca';
  // Several certificates are one for each kind of key, of which Node takes the one that fits.
  if (pemOf(cert, 1) === undefined) return 'cert';
  if (pemOf(key, 1) === undefined) return 'key';
  return undefined;
}

/** @returns {string | null | undefined} one PEM text; null where there is none, undefined for what is no such thing */
function pemOf(value, most) {
  if (value == null) return null;
  const texts = (Array.isArray(value) ? value : [value]).map(textOf);
  const good = texts.length > 0 && texts.length <= most && texts.every((text) => text !== undefined);
  return good ? texts.join('\n') : undefined;
}

function textOf(value) {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString() : undefined;
}

/** Node looks at its variable only where the option is left out; anything but `false` is then a yes. */
function rejects(given) {
  if ('rejectUnauthorized' in given) return given.rejectUnauthorized !== false;
  return process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
}

/** Whom Node trusts where no `ca` is given: Mozilla's authorities, and those that the operator adds. */
function defaultAuthorities() {
  // From Node 22.15 on it can be asked, which counts in the system's authorities and those set at run time.
  if (tls.getCACertificates) return tls.getCACertificates('default').join('\n');
  return [...tls.rootCertificates, readOrNothing(process.env.NODE_EXTRA_CA_CERTS)].join('\n');
}

/** Node warns of a file that it cannot read, and goes on without it; so do we. */
function readOrNothing(file) {
  try {
    return file ? fs.readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

module.exports = { readTls };
