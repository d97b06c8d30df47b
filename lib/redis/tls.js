'use strict';

const fs = require('node:fs');
const tls = require('node:tls');

/**
 * Options of `tls.connect` that change which server a connection trusts, or which parameters it accepts, and that the
 * addon does not support. The others (host, port, timeouts, session tickets) do not change whether a server is trusted.
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

/** The addon always speaks TLS 1.2 and 1.3, so it satisfies a lower minimum. */
const LOW_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2'];

/**
 * The TLS settings of the addon that correspond to these options of Node.
 * @param {unknown} options - as for `tls.connect`; `true`: TLS with its defaults; false or nothing: no TLS
 * @returns {{ tls: object | null } | { unsupported: string }} or the name of an option that the addon does not support
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

/** The name of an option that the addon supports, but not with this value. */
function oddOption({ ca, cert, key, servername, minVersion }) {
  if (!LOW_VERSIONS.includes(minVersion ?? tls.DEFAULT_MIN_VERSION)) return 'minVersion';
  if (servername != null && typeof servername !== 'string') return 'servername';
  if (pemOf(ca, Infinity) === undefined) return 'ca';
  // Several certificates are for several kinds of keys; Node chooses the one that fits.
  if (pemOf(cert, 1) === undefined) return 'cert';
  if (pemOf(key, 1) === undefined) return 'key';
  return undefined;
}

/** @returns {string | null | undefined} one PEM text; null: none is given, undefined: not valid */
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

/** Node reads its environment variable only if the option is missing. Every value except `false` means yes. */
function rejects(given) {
  if ('rejectUnauthorized' in given) return given.rejectUnauthorized !== false;
  return process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
}

/** The authorities that Node trusts if `ca` is not given: Mozilla's, and those that the operator adds. */
function defaultAuthorities() {
  // Node 22.15 and later can list them, with the system's authorities and those set at run time.
  if (tls.getCACertificates) return tls.getCACertificates('default').join('\n');
  return [...tls.rootCertificates, readOrNothing(process.env.NODE_EXTRA_CA_CERTS)].join('\n');
}

/** If Node cannot read the file, it emits a warning and continues without it. This does the same. */
function readOrNothing(file) {
  try {
    return file ? fs.readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

module.exports = { readTls };
