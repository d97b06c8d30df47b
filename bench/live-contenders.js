'use strict';

const { authorize } = require('..');
const { contenders, optionsWith } = require('./contenders');

const plain = (url) => authorize(optionsWith({ redis: url }));

/** With and without `onSessionEnd`. The same thing twice shows the noise. */
const liveContenders = [
  { ...contenders.find(({ role }) => role === 'empty'), key: 'empty-live' },
  { key: 'plain', name: 'without onSessionEnd', role: 'reference', connect: plain },
  { key: 'plain-again', name: 'without onSessionEnd, again', role: 'ours', connect: plain },
  {
    key: 'live',
    name: 'with onSessionEnd',
    role: 'ours',
    connect: (url) => authorize(optionsWith({ redis: url, onSessionEnd: 'disconnect' })),
  },
].map((contender) => ({ ...contender, connects: true }));

module.exports = { liveContenders };
