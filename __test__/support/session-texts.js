'use strict';

/** A session whose user key is this JSON text. */
const user = (key) => `{"cookie":{"path":"/"},"passport":{"user":${key}}}`;
const nested = (depth, inside = '1') => '['.repeat(depth) + inside + ']'.repeat(depth);
const objects = (depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

const TOPS = [
  '',
  'null',
  'false',
  'true',
  '0',
  '-0',
  '0.0',
  '0e9',
  '1e-999',
  '1e999',
  '1',
  '""',
  '"x"',
  '[]',
  '[1]',
  '{}',
  ' {} ',
];

const NOT_JSON = [
  ...[
    'undefined',
    'NaN',
    'Infinity',
    "{'a':1}",
    '{a:1}',
    '{"a":1,}',
    '[1,]',
    '01',
    '+1',
    '.5',
    '5.',
    '1e',
    '0x1',
    '--1',
    '1 2',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{,}',
    '[,]',
    'nul',
    'TRUE',
    '/**/1',
    '1//',
  ],
  ...[
    '"\t"',
    '"\n"',
    '"\\x41"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\',
    '\v1',
    '\f1',
    '\u00a01',
    '\u2028{}',
    '\ufeff{}',
    '\0',
    '{}\0',
  ],
  ...[
    `${user('1')}x`,
    `${user('1')}{}`,
    `${user('1')},`,
    `\ufeff${user('1')}`,
    user('1').slice(0, -1),
    user("'1'"),
    user('01'),
  ],
  ...[
    `{"passport":{"user":1},"later":bad}`,
    `{"early":bad,"passport":{"user":1}}`,
    user('"\u0001"'),
    user(''),
    user('undefined'),
  ],
  user(nested(5000).slice(0, -1)),
  objects(5000).slice(0, -1),
];

const KEYS = [
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '1.5',
    '1e3',
    '1E+3',
    '1e999',
    '-1e999',
    '1e-999',
    '123456789012345678901234567890',
    '0.1e-7',
  ],
  ...[
    'null',
    'true',
    'false',
    '""',
    '"ada"',
    '"0"',
    '[]',
    '[1,[2,{"a":null}]]',
    '{}',
    '{"id":1,"name":"ada"}',
    ' \t\r\n7 \n',
  ],
  ...[
    '"\\ud800"',
    '"\\udc00x"',
    '"\\ud83d\\ude00"',
    '"\\ude00\\ud83d"',
    '"é€😀"',
    '"\u2028\u2029"',
    '"\\u0000"',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  ],
  ...[
    '{"__proto__":{"admin":true}}',
    '{"__proto__":1,"__proto__":2}',
    '{"constructor":1,"toString":2}',
    '{"2":1,"1":2,"a":3,"a":4}',
  ],
  ...[
    '{"toJSON":1}',
    '{"then":1}',
    '"\ufeff"',
    '"\u007f\u0080"',
    '[-0,1e999,null]',
    nested(5000),
    objects(5000),
    nested(5000, '{"a":"b"}'),
  ],
].map(user);

const PASSPORTS = [
  ...[
    'null',
    'false',
    '0',
    '-0',
    '""',
    '1e-999',
    'true',
    '1',
    '"x"',
    '[]',
    '[{"user":1}]',
    '{}',
    '{"User":1}',
    '{"user ":1}',
  ],
  ...[
    '{"__proto__":{"user":1}}',
    '{"constructor":{"user":1}}',
    '"user"',
    '{"user":{"user":2}}',
    '{"":1}',
    '1e999',
    '"\\u0000"',
  ],
].map((value) => `{"passport":${value}}`);

const MEMBERS = [
  ...[
    '{"passport":{"user":1},"passport":{"user":2}}',
    '{"passport":{"user":1},"passport":{}}',
    '{"passport":{},"passport":{"user":3}}',
  ],
  ...[
    '{"passport":{"user":1,"user":2}}',
    '{"passport":{"user":1,"user":null}}',
    '{"passport":{"user":null,"user":1}}',
    '{"passport":{"user":1},"passport":null}',
  ],
  ...[
    '{"passport":1,"passport":{"user":4}}',
    '{"\\u0070assport":{"user":5}}',
    '{"passport":{"\\u0075ser":6}}',
    '{"p\\u0061ssport":{"user":7}}',
  ],
  ...[
    '{"passport":{"user":1},"\\u0070assport":{"us\\u0065r":8}}',
    '{"passport\\u0000":{"user":1}}',
    '{"\\/passport":{"user":1}}',
  ],
  ...[
    '{"__proto__":{"passport":{"user":9}}}',
    '{"constructor":{"passport":{"user":9}}}',
    '{"Passport":{"user":1}}',
    '[{"passport":{"user":1}}]',
  ],
  ...[
    '{"a":{"passport":{"user":1}}}',
    '{"a":"\\"passport\\":{\\"user\\":1}"}',
    '"{\\"passport\\":{\\"user\\":1}}"',
    '{"":{"user":1}}',
  ],
  ...[
    '{"cookie":{"user":1},"passport":{"user":10}}',
    '{"user":1}',
    '{"user":1,"passport":{}}',
    '\t{\n"passport"\r: {"user" :11 } } ',
  ],
  `{"deep":${nested(5000)},"passport":{"user":12}}`,
  `{"passport":{"deep":${objects(5000)},"user":13}}`,
  `{"pad":"${'x'.repeat(70_000)}","passport":{"user":14}}`,
  user(`"${'é'.repeat(40_000)}"`),
];

/** Bytes that are not UTF-8. Node reads them as U+FFFD, which is valid JSON only inside a string. */
const BYTES = [
  bytes('{"passport":{"user":"', [0xff], '"}}'),
  bytes('{"passport":{"user":"', [0xc3], '"}}'),
  bytes('{"passport":{"user":"', [0xed, 0xa0, 0x80], '"}}'),
  bytes('{"passport":{"user":"', [0xf0, 0x9f, 0x98], 'x"}}'),
  bytes('{"passport":{"user":"', [0xe2, 0x82], '"}}'),
  bytes('{"passport":{"user":"', [0xc0, 0x80, 0xf8, 0x88, 0xf4, 0x90, 0x80, 0x80], '"}}'),
  bytes('{"', [0xff], '":1,"passport":{"user":1}}'),
  bytes('{"passport', [0xff], '":{"user":1}}'),
  bytes([0xff], '{"passport":{"user":1}}'),
  bytes('{"passport":{"user":1}}', [0x80]),
  bytes('{"passport":{"user":1}', [0xc2, 0xa0], '}'),
  bytes([0xef, 0xbb, 0xbf], '{"passport":{"user":1}}'),
  bytes([0xef, 0xbb, 0xbf]),
  bytes('"', [0xff], '"'),
];

/** All texts, by the name of the oddity; each as the bytes in Redis. */
const ODDITIES = [...TOPS, ...NOT_JSON, ...KEYS, ...PASSPORTS, ...MEMBERS, ...BYTES];

module.exports = { ODDITIES };
