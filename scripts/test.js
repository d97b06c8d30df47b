'use strict';

// `npm test`: installs what the check needs, also on a fresh clone, then runs the whole check.

const {
  installChromium,
  installPackages,
  installRedis,
  installValgrind,
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
  installValgrind();
  installPackages();
  npmRun('check');
});
