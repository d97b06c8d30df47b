'use strict';

// A server on which nothing else happens: the end of a session is told there as soon as on any other.

const { test } = require('node:test');
const { assertPrints } = require('./support/child');

test('a session is read, and its end is told, although nothing else wakes the event loop', async () => {
  const script = `
    const net = require('node:net');
    const { Endings } = require('./lib/live/endings');
    const { PollWatch } = require('./lib/sessions/watch/poll');
    const server = net.createServer().listen(0, '127.0.0.1', () => setTimeout(end, 20));
    function end() {
      // The next thing that wakes it, but for V8.
      const waker = setTimeout(() => server.close(), 4000);
      const told = () => (console.log(server.listening ? 'told' : 'late'), server.close(), clearTimeout(waker));
      const endings = new Endings((slot) => ({ slot }), told);
      const options = { store: { get: (_id, done) => done() }, passport: { _key: 'passport' }, timeout: 60_000 };
      const onEnd = (...end) => endings.add(...end);
      new PollWatch(options, { recheckEvery: 60_000, onEnd }).watch(1, 0, 'sid', '"ann"');
    }
  `;
  await assertPrints(script, 'told');
});
