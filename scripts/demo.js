'use strict';

// `npm run demo`: from a fresh clone to the running app of examples/demo. Arguments go to the app.

const { buildAddon, installPackages, main, needNode } = require('./support/prepare');

main(() => {
  needNode();
  installPackages();
  buildAddon();
  return require('../examples/demo').main(process.argv.slice(2));
});
