'use strict';

// `npm test`: installs what the check needs, also on a fresh clone, then runs the whole check.

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
