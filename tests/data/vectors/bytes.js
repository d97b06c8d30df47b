'use strict';

// Rows of [session text in hex, outcome] for texts that are not UTF-8, which Node reads as U+FFFD.

const { outcome } = require('./session-outcome');

const NOT_UTF8 = ['ff', 'c3', 'e282', 'eda080', 'c080', 'f5808080'];
const TEXTS = [
  '{"passport":{"user":"@"}}',
  '{"passport":{"user":1},"@":"a"}',
  '{"@passport":{"user":1}}',
  '{"passport":{"@user":1}}',
  '@',
  '{"passport":{"user":@}}',
  '{"passport":{"user":1}}@',
];

module.exports = function bytes() {
  return NOT_UTF8.flatMap((bad) => TEXTS.map((text) => row(text, bad)));
};

function row(text, bad) {
  const hex = Buffer.from(text).toString('hex').replace('40', bad);
  const [name] = outcome(Buffer.from(hex, 'hex').toString(), 'passport');
  return [hex, name];
}
