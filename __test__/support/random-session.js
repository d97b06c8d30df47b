'use strict';

const { ODDITIES } = require('./session-texts');

const SHORT = ODDITIES.filter((text) => text.length < 200);
const FRAGMENTS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"passport"',
    '"user"',
    '"p\\u0061ssport"',
    '"__proto__"',
    'null',
    'true',
    'false',
    '0',
    '-',
    '1e',
  ],
  ...[
    '"passport":{"user":1}',
    '"passport":',
    '"user":',
    '{"user":2}',
    '\\',
    '\\u',
    '\\ud83d',
    '\\n',
    ' ',
    '\n',
    '.',
    'e',
    '9',
    'é',
    '\u2028',
  ],
];

/** A generated session text, or an odd one with some bytes changed. */
function randomSession(random) {
  let text = Buffer.from(random.chance(50) ? random.pick(SHORT) : randomObject(random, 3));
  if (random.chance(60)) {
    for (let times = random.below(3); times >= 0; times--) text = mutated(random, text);
  }
  return text;
}

function randomObject(random, depth) {
  const members = Array.from({ length: random.below(4) }, () => {
    const name = random.pick([
      '"passport"',
      '"passport"',
      '"user"',
      '"user"',
      '"cookie"',
      '"\\u0075ser"',
      '"__proto__"',
      '""',
    ]);
    return `${space(random)}${name}${space(random)}:${randomValue(random, depth)}`;
  });
  return `{${members.join(',')}${space(random)}}`;
}

function randomValue(random, depth) {
  if (depth > 0 && random.chance(60)) return randomObject(random, depth - 1);
  if (depth > 0 && random.chance(20))
    return `[${randomValue(random, depth - 1)},${randomObject(random, depth - 1)}]`;
  return random.pick([
    '0',
    '-0',
    '1',
    '1e999',
    '1e-999',
    'null',
    'true',
    'false',
    '""',
    '"x"',
    '"\\ud800"',
    '[]',
    '{}',
    '12.5e+3',
  ]);
}

function space(random) {
  return random.chance(80) ? '' : random.pick([' ', '\n', '\t', '\r', '  ']);
}

function mutated(random, text) {
  const at = random.below(text.length + 1);
  const cut = random.chance(60) ? random.below(4) : 0;
  const put = random.chance(85) ? Buffer.from(random.pick(FRAGMENTS)) : Buffer.from([random.below(256)]);
  return Buffer.concat([
    text.subarray(0, at),
    random.chance(75) ? put : Buffer.alloc(0),
    text.subarray(at + cut),
  ]);
}

module.exports = { randomSession };
