'use strict';

// Certificates that must not be believed. Each fault is tried with 1,000 look-ups in flight and 1,000 watched
// sessions: nobody is let in or ended wrongly, each is answered with a code, and all is well again afterwards.

const { testFaults } = require('./support/chaos');

testFaults('tls');
