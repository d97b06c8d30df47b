'use strict';

// The host that a certificate is for.

const { extension: x } = require('../x509');
const { CA, authority, leaf } = require('./make');

/** The requested host, the names in subjectAltName, and the common name. */
const TABLE = [
  ['another host', 'other.example', ['DNS:localhost'], 'server', 'name'],
  ['another case', 'LocalHost', ['DNS:localhost'], 'server', 'accepted'],
  ['another case in the certificate', 'localhost', ['DNS:LOCALHOST'], 'server', 'accepted'],
  ['a dot at the end', 'localhost.', ['DNS:localhost'], 'server', 'accepted'],
  ['a dot at its end', 'localhost', ['DNS:localhost.'], 'server', 'name', 'dot'],
  ['one of two', 'b.example', ['DNS:a.example', 'DNS:b.example'], 'server', 'accepted'],
  ['a wildcard', 'a.example.com', ['DNS:*.example.com'], 'server', 'accepted'],
  ['a wildcard for two labels', 'a.b.example.com', ['DNS:*.example.com'], 'server', 'name'],
  ['a wildcard for no label', 'example.com', ['DNS:*.example.com'], 'server', 'name'],
  ['a wildcard of a top-level domain', 'example.com', ['DNS:*.com'], 'server', 'name'],
  ['a wildcard for a part', 'redis1.example.com', ['DNS:redis*.example.com'], 'server', 'name', 'wildcard'],
  ['a wildcard in the second label', 'a.b.example.com', ['DNS:a.*.example.com'], 'server', 'name'],
  ['an underscore', 'my_redis', ['DNS:my_redis'], 'server', 'accepted'],
  ['an address', '127.0.0.1', ['IP:127.0.0.1'], 'server', 'accepted'],
  ['another address', '127.0.0.1', ['IP:127.0.0.2'], 'server', 'name'],
  ['an address as a DNS name', '127.0.0.1', ['DNS:127.0.0.1'], 'server', 'name'],
  ['an address, and only a DNS name', '127.0.0.1', ['DNS:localhost'], 'server', 'name'],
  ['a host, and only an address', 'localhost', ['IP:127.0.0.1'], 'server', 'common name'],
  ['CN', 'localhost', undefined, 'localhost', 'accepted'],
  ['CN, another case and a dot', 'LOCALHOST.', undefined, 'localhost', 'accepted'],
  ['CN, a dot at its end', 'localhost', undefined, 'localhost.', 'accepted'],
  ['CN, another', 'localhost', undefined, 'other', 'common name'],
  ['CN, an address', '127.0.0.1', undefined, '127.0.0.1', 'name'],
  ['CN, a wildcard', 'a.example.com', undefined, '*.example.com', 'accepted'],
  [
    'CN, a wildcard for a part',
    'redis1.example.com',
    undefined,
    'redis*.example.com',
    'common name',
    'wildcard',
  ],
  ['CN, a wildcard of a top-level domain', 'example.com', undefined, '*.com', 'common name'],
  ['CN, two of them', 'localhost', undefined, ['other', 'localhost'], 'accepted'],
  ['CN beside a DNS name', 'localhost', ['DNS:other.example'], 'localhost', 'name'],
  ['CN beside an address', 'localhost', ['IP:127.0.0.1'], 'localhost', 'accepted'],
  ['CN beside a URI', 'localhost', ['URI:https://other.example'], 'localhost', 'accepted'],
  ['CN with a NUL', 'localhost', undefined, 'localhost\0.other.example', 'common name'],
  ['no name at all', 'localhost', undefined, [], 'common name'],
];

module.exports = function names() {
  const root = authority('Root');
  const rows = TABLE.map(([what, servername, alternatives, cn, verdict, differs]) => {
    const extensions = [
      x.basicConstraints(false),
      ...(alternatives ? [x.subjectAltName(...alternatives)] : []),
    ];
    return [`name: ${what}`, root, leaf(root, { cn, extensions }), verdict, { servername, differs }];
  });
  return [...rows, ...constrained()];
};

function constrained() {
  const narrow = authority('Narrow', { extensions: [...CA, x.permittedNames('example.com')] });
  const root = authority('Root');
  const middle = authority('Narrow', { issuer: root, extensions: [...CA, x.permittedNames('example.com')] });
  const good = (issuer) => leaf(issuer, { extensions: [x.subjectAltName('DNS:a.example.com')] });
  const byCn = (issuer, cn) => leaf(issuer, { cn, extensions: [x.basicConstraints(false)] });
  const servername = 'a.example.com';
  const refused = { servername, differs: 'constrained CN' };
  return [
    ['name constraints of the root: forbidden', narrow, leaf(narrow), 'constraints'],
    ['name constraints of the root: allowed', narrow, good(narrow), 'accepted', { servername }],
    ['name constraints of an intermediate: forbidden', root, [leaf(middle), middle], 'constraints'],
    [
      'name constraints of an intermediate: allowed',
      root,
      [good(middle), middle],
      'accepted',
      { servername },
    ],
    ['name constraints of the root: CN allowed', narrow, byCn(narrow, servername), 'common name', refused],
    [
      'name constraints of an intermediate: CN',
      root,
      [byCn(middle, servername), middle],
      'common name',
      refused,
    ],
    [
      'name constraints: CN forbidden',
      narrow,
      byCn(narrow, 'b.example'),
      'common name',
      { servername: 'b.example' },
    ],
  ];
}
