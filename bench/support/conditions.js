'use strict';

const os = require('node:os');

/** The machine and its programs, as every report names them. */
function conditionsNow() {
  const [{ model }] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: `${os.type()} ${os.arch()}, ${os.cpus().length} × ${model.trim()}`,
    load: os.loadavg()[0],
  };
}

module.exports = { conditionsNow };
