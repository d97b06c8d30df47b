'use strict';

// `npm test`: from a fresh clone to a checked one. Installs what the check needs, then runs the whole check.

const {
  installChromium,
  installPackages,
  installRedis,
  main,
  needNode,
  needRust,
  npmRun,
} = require('./support/prepare');

main(() => {
  needNode();
  needRust();
  installRedis();
  installChromium();
  installPackages();
  npmRun('check');
});
