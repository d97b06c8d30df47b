'use strict';

// Writes chains.json beside it: the chains of __test__/support/chains as of one moment, and what the addon has to say to
// each, for the tests of src/redis/config/tls. `node tests/data/chains.js`, after a change of the chains only: keys are made
// for the occasion and kept nowhere, so that another run writes other bytes. __test__/tls-chains.test.js compares the
// same chains with Node.

const fs = require('node:fs');
const path = require('node:path');
const { SAYS, chains } = require('../../__test__/support/chains');

const certificates = [];
const indexes = (list) => list.map(({ der }) => indexOf(der.toString('base64')));

function indexOf(text) {
  const index = certificates.indexOf(text);
  return index === -1 ? certificates.push(text) - 1 : index;
}

// A key that is not supported shows in the handshake, which is not here.
const rows = chains()
  .filter(({ rejectUnauthorized, inHandshake }) => rejectUnauthorized && !inHandshake)
  .map(({ name, ca, sent, servername, verdict }) => {
    const says = verdict === 'accepted' ? null : SAYS[verdict];
    return [name, indexes(ca), indexes(sent), servername, says];
  });

const lines = (list) => `[\n${list.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
const now = Math.floor(Date.now() / 1000);
fs.writeFileSync(path.join(__dirname, 'chains.json'), `[${now},\n${lines(certificates)},\n${lines(rows)}]\n`);
