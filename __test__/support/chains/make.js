'use strict';

const { certificate, extension } = require('../x509');

const LOCALHOST = extension.subjectAltName('DNS:localhost');
const CA = [extension.basicConstraints(true), extension.keyUsage('keyCertSign', 'cRLSign')];
const LEAF = [extension.basicConstraints(false), LOCALHOST];

/** An authority, self-signed unless `rest` has an issuer. */
const authority = (cn, rest) => certificate({ cn, extensions: CA, ...rest });

/** A server's certificate for localhost. */
const leaf = (issuer, rest) => certificate({ cn: 'server', issuer, extensions: LEAF, ...rest });

/** A self-signed certificate for localhost. */
const alone = (extensions = LEAF, rest = {}) => certificate({ cn: 'localhost', extensions, ...rest });

module.exports = { CA, LEAF, LOCALHOST, alone, authority, leaf };
