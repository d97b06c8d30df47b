'use strict';

// X.509 certificates in DER, encoded here and signed by node:crypto. Not all versions of the openssl command can make these
// certificates (a past date, version 1, a purpose on a root, a wrong key identifier). RFC 5280, section 4.1.

const { createHash, generateKeyPairSync, randomBytes, sign } = require('node:crypto');

const DAY_MS = 86_400_000;

const KEY_KINDS = {
  ec: ['ec', { namedCurve: 'P-256' }],
  p384: ['ec', { namedCurve: 'P-384' }],
  p521: ['ec', { namedCurve: 'P-521' }],
  rsa: ['rsa', { modulusLength: 2048 }],
  rsa1024: ['rsa', { modulusLength: 1024 }],
  ed25519: ['ed25519', {}],
};

/** The object identifiers of signatures, by the kind of the signer's key and the hash. RFC 5758, 8017, 8410. */
const SIGNATURES = {
  'ec sha1': '1.2.840.10045.4.1',
  'ec sha256': '1.2.840.10045.4.3.2',
  'ec sha384': '1.2.840.10045.4.3.3',
  'ec sha512': '1.2.840.10045.4.3.4',
  'rsa sha1': '1.2.840.113549.1.1.5',
  'rsa sha256': '1.2.840.113549.1.1.11',
  'ed25519 sha256': '1.3.101.112',
};

const USAGES = ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement'];
USAGES.push('keyCertSign', 'cRLSign');

const PURPOSES = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  any: '2.5.29.37.0',
};

const newKey = (kind = 'ec') => generateKeyPairSync(...KEY_KINDS[kind]);

/**
 * @param {object} of
 * @param {string | string[]} of.cn - the subject's common name, or names
 * @param {object} [of.issuer] - the signer, a result of this function; default: the certificate signs itself
 * @param {object} [of.key] - of `newKey`
 * @param {[number, number]} [of.days] - first and last moment, in days from now
 * @param {Buffer[]} [of.extensions] - of `extension`
 * @returns {{ pem: string, der: Buffer, key: object, name: Buffer, serial: number[], keyPem: string }}
 */
function certificate({
  cn,
  issuer,
  key = newKey(),
  version = 3,
  days = [-1, 2],
  hash = 'sha256',
  extensions = [],
}) {
  const name = sequence(...[cn].flat().map(commonName));
  const signer = issuer ?? { key, name };
  const kind = signer.key.privateKey.asymmetricKeyType;
  const algorithm = SIGNATURES[`${kind} ${hash}`];
  const parameters = kind === 'rsa' ? [der(0x05)] : [];
  const signature = sequence(oid(algorithm), ...parameters);
  const serial = [0x01, ...randomBytes(8)];
  const body = sequence(
    ...(version === 1 ? [] : [der(0xa0, integer(version - 1))]),
    integer(...serial),
    signature,
    signer.name,
    sequence(...days.map(time)),
    name,
    key.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const value = sign(kind === 'ed25519' ? null : hash, body, signer.key.privateKey);
  const whole = sequence(body, signature, der(0x03, Buffer.of(0), value));
  return {
    der: whole,
    pem: pemOf(whole),
    key,
    name,
    serial,
    keyPem: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

/** Extensions by their names in openssl's configuration files. */
const extension = {
  basicConstraints: (ca, pathLength) =>
    extend(
      '2.5.29.19',
      sequence(
        ...(ca ? [der(0x01, Buffer.of(0xff))] : []),
        ...(pathLength == null ? [] : [integer(...[pathLength].flat())]),
      ),
      true,
    ),
  keyUsage: (...names) => extend('2.5.29.15', bits(names.map((name) => USAGES.indexOf(name))), true),
  extendedKeyUsage: (...names) => extend('2.5.29.37', sequence(...names.map((name) => oid(PURPOSES[name])))),
  subjectAltName: (...names) => extend('2.5.29.17', sequence(...names.map(generalName))),
  subjectKeyIdentifier: (key) => extend('2.5.29.14', der(0x04, keyIdentifier(key))),
  authorityKeyIdentifier: (key) => extend('2.5.29.35', sequence(der(0x80, keyIdentifier(key)))),
  /** The issuer by its number, and by its own issuer, as `authorityKeyIdentifier=issuer:always` does. */
  authorityBySerial: (serial, names = []) =>
    extend(
      '2.5.29.35',
      sequence(
        ...(names.length > 0 ? [der(0xa1, ...[names].flat().map(directoryName))] : []),
        der(0x82, Buffer.from(serial)),
      ),
    ),
  permittedNames: (name) =>
    extend('2.5.29.30', sequence(der(0xa0, sequence(der(0x82, Buffer.from(name))))), true),
  netscapeType: (bit) => extend('2.16.840.1.113730.1.1', bits([bit])),
  /** With an unknown identifier. */
  unknown: (critical) => extend('1.3.6.1.4.1.99999.1', der(0x05), critical),
  raw: (id, bytes, critical) => extend(id, Buffer.from(bytes), critical),
};

function extend(id, value, critical = false) {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));
}

function generalName(text) {
  const [kind, value] = text.split(/:(.*)/s);
  if (kind === 'IP') return der(0x87, Buffer.from(value.split('.').map(Number)));
  return der(kind === 'DNS' ? 0x82 : 0x86, Buffer.from(value));
}

function directoryName(text) {
  return der(0xa4, sequence(commonName(text)));
}

function commonName(text) {
  return der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(text))));
}

function keyIdentifier(key) {
  return createHash('sha1')
    .update(key.publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

/** UTCTime until 2049, as RFC 5280 section 4.1.2.5 requires. */
function time(days) {
  const text = new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '');
  return text < '2050' ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function bits(numbers) {
  if (numbers.length === 0) return der(0x03, Buffer.of(0));
  const last = Math.max(...numbers);
  const bytes = Buffer.alloc((last >> 3) + 1);
  for (const number of numbers) bytes[number >> 3] |= 0x80 >> (number & 7);
  return der(0x03, Buffer.of(7 - (last & 7)), bytes);
}

const integer = (...bytes) => der(0x02, Buffer.from(bytes));
const sequence = (...parts) => der(0x30, ...parts);

function oid(text) {
  const [first, second, ...rest] = text.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number) {
  const bytes = [number & 0x7f];
  for (let left = number >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pemOf(bytes) {
  const lines = bytes.toString('base64').match(/.{1,64}/g);
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

module.exports = { certificate, extension, newKey };
