#!/usr/bin/env node
'use strict';

const { main } = require('../lib/doctor');

main(process.argv.slice(2), process).then((status) => {
  process.exitCode = status;
});
