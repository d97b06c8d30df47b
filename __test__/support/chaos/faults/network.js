'use strict';

// What is between the app and the server: a network, a proxy, a load balancer.

const { setTimeout: sleep } = require('node:timers/promises');
const { Proxied } = require('../places/proxied');

/** A fault in the behaviour of a proxy. `cuts`: connections are made anew first. */
function behaves(behaviour, { cuts = false, ...fault }) {
  return {
    place: () => Proxied.open(),
    begin({ proxy }) {
      proxy.behaviour = behaviour;
      if (cuts) proxy.cut();
    },
    end: ({ proxy }) => (proxy.behaviour = 'passes'),
    ...fault,
  };
}

/** @type {import('../trial').Fault[]} */
module.exports = [
  behaves('closesAfterHalf', {
    title: 'answers end in the middle: half of one, then the end of the connection',
    what: 'Look-ups fail at once. Half an answer is none.',
    codes: ['STORE_ERROR'],
  }),
  behaves('resetsAfterHalf', {
    title: 'connections are reset in the middle of an answer',
    what: 'The same.',
    codes: ['STORE_ERROR'],
  }),
  behaves('stopsAfterHalf', {
    title: 'answers stop in the middle: half of one, and nothing more',
    what: 'As where Redis hangs.',
    codes: ['STORE_ERROR', 'STORE_TIMEOUT'],
    cause: /no answer/,
  }),
  behaves('isSilent', {
    title: 'the network is cut without a word',
    what: 'The same.',
    codes: ['STORE_ERROR', 'STORE_TIMEOUT'],
    cause: /no answer/,
  }),
  behaves('swallows', {
    title: 'a proxy accepts connections, and never says anything on them',
    what: 'The same; new connections are tried meanwhile.',
    cuts: true,
    codes: ['STORE_ERROR', 'STORE_TIMEOUT'],
    cause: /no answer/,
  }),
  {
    title: 'a firewall forgets the connections, and tells nobody',
    what: 'Look-ups wait until the silence is noticed, and then go over a new connection. On the connection that watches, where nothing is asked, it is noticed within 2 s.',
    place: () => Proxied.open(),
    async begin({ proxy }) {
      // The connection that watches is idle then, and asked less often whether it lives.
      await sleep(2500);
      proxy.forget();
    },
    codes: ['STORE_ERROR'],
    cause: /no answer/,
  },
  behaves('isSlow', {
    title: 'each answer takes 150 ms',
    what: 'Look-ups wait for it.',
  }),
  behaves('trickles', {
    title: 'answers trickle in, 50 bytes a second',
    what: 'Look-ups end with their deadline (`STORE_TIMEOUT`).',
    codes: ['STORE_TIMEOUT', 'STORE_ERROR'],
  }),
  behaves('sendsGarbage', {
    title: 'answers are garbage',
    what: 'Look-ups fail at once; what is no answer of Redis is believed by nobody.',
    codes: ['STORE_ERROR'],
    cause: /not Redis's protocol/,
  }),
  behaves('speaksHttp', {
    title: 'a proxy answers in HTTP',
    what: 'The same.',
    codes: ['STORE_ERROR'],
    cause: /not Redis's protocol/,
  }),
  {
    title: 'answers are of another kind than the questions',
    what: 'The same.',
    place: () => Proxied.open(),
    begin: ({ proxy }) => (proxy.answersNumbers = true),
    end: ({ proxy }) => (proxy.answersNumbers = false),
    codes: ['STORE_ERROR'],
    cause: /that Redis does not give/,
  },
  {
    title: 'a load balancer accepts connections, and ends them at once',
    what: 'Look-ups fail at once.',
    place: () => Proxied.open(),
    begin({ proxy }) {
      proxy.isOpen = false;
      proxy.cut();
    },
    end: ({ proxy }) => (proxy.isOpen = true),
    codes: ['STORE_ERROR'],
  },
  {
    title: 'after a cut the server knows no RESP3 (`HELLO` refused)',
    what: 'Look-ups go on. Nothing tells of changes any more; sessions are read again each `recheckEvery`.',
    place: () => Proxied.open(),
    options: { recheckEvery: 500 },
    begin({ proxy }) {
      proxy.isOld = true;
      proxy.cut();
    },
    end: ({ proxy }) => (proxy.isOld = false),
    codes: ['STORE_ERROR'],
    spares: true,
  },
];
