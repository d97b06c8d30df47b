'use strict';

// A process of its own: plays many clients at once, tells its parent what became of them, and ends.

const { answer, connect } = require('../client');

process.once('message', async ({ count, port, ...client }) => {
  const start = performance.now();
  const sockets = Array.from({ length: count }, () => connect(port, client));
  const answers = await Promise.all(
    sockets.map(async (socket) => ({ ...(await answer(socket)), ms: performance.now() - start })),
  );
  const result = summary(answers);
  for (const socket of sockets) socket.disconnect();
  process.send(result, () => process.disconnect());
});

// The demo has ended.
process.once('disconnect', () => process.exit());

function summary(answers) {
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share) => times[Math.ceil(share * times.length) - 1];
  const refused = {};
  for (const { code } of answers) if (code) refused[code] = (refused[code] ?? 0) + 1;
  return {
    greeted: answers.filter(({ greeted }) => greeted).length,
    refused,
    failed: answers.filter(({ greeted, code }) => !greeted && !code).length,
    ms: at(1),
    p50: at(0.5),
    p99: at(0.99),
  };
}
