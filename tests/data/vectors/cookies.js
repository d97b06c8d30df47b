'use strict';

// Rows of [Cookie header, [[name, decoded value], …]].

const { parse } = require('./oracle');
const { chance, many, mutate, pick } = require('./random')(0x0c00c1e);

const NAMES = 'a ab connect.sid __proto__ constructor toString hasOwnProperty 0 42 -1 é'.split(' ');
const LATIN1 = Array.from({ length: 128 }, (_, index) => String.fromCharCode(0x80 + index));
const ESCAPES = '%3A %C3%A9 %c3 %E2%82%AC %F0%9F%98%80 %ED%A0%80 %00 %zz'.split(' ');
const PARTS = [...';;;;;====""  \t\t%%,\\:ab09AFef+.', '; ', 's:', 'j:{"a":1}', ...ESCAPES, ...NAMES];

/** One a line; `·` is a space at an end, so that no editor takes it away. */
const TABLE = `
=
==
;
;=
=;
·=
=·
a
a=
=a
a=;
a=b
a=b=c
a;b
a;b=c
a; =b
a=1;a=2
a=;a=2
a;a=2
a=1; ;b=2;
;;;a=1;;;
a==
a = 1 ; b\t=\t2
a="1"
a=" 1 "
a= "1"·
a="
a=""
a="""
a="1
a=1"
a="1;2"
a="1";b
"a"=1
a="\t
a= "
a=b c
a=1,b=2
a=%
a=%4
a=%41%
a=%C3
a="%41"
%61=1
a=%22x%22
a=\u00a01\u00a0
\u00a0a=1
a=\v1
a=\x7f
__proto__=1
__proto__=1; a=2
·__proto__ = 1;__proto__=2
constructor=1
toString=1; valueOf=2
2=b; 1=a; x=c
a=\u20ac; \u013b=1; b=\u{1f600}
a =1;a=2
a\t b=1
connect.sid=s%3Aabc.def; connect.sid=x
`;

module.exports = function cookies() {
  const table = TABLE.replaceAll('·', ' ').split('\n');
  const headers = [...table, ...Array.from({ length: 2400 }, randomHeader)];
  return headers.map((header) => [header, Object.entries(parse(header))]);
};

function randomHeader() {
  if (chance(30)) return many(16, () => pick(chance(10) ? LATIN1 : PARTS)).join('');
  const pairs = many(6, () => `${pick(NAMES)}=${many(6, () => pick(PARTS)).join('')}`);
  return chance(60) ? mutate(pairs.join('; '), PARTS) : pairs.join(pick([';', '; ', ' ;\t']));
}
