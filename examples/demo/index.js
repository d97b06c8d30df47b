'use strict';

const { once } = require('./once');
const { startDemo } = require('./server');
const { people } = require('./users');

const DEFAULT_PORT = 3000;

/** The app; with `--once` a script plays a visitor of the same app, and it ends. */
async function main(args) {
  const unknown = args.filter((arg) => arg !== '--once');
  if (unknown.length > 0) throw new Error(`The demo takes only --once, not: ${unknown.join(' ')}`);
  await (args.includes('--once') ? once() : serve());
}

async function serve() {
  const demo = await start();
  const { kind, reason } = demo.authorizer.backend;
  console.log(`
  Sessions   ${demo.sessions.description}
  Look-up    ${kind}: ${reason} (as of now; the page shows it live)

  Open       http://localhost:${demo.port}   and log in as ${people.map(({ name }) => name).join(', ')}
  then also  http://127.0.0.1:${demo.port}   as somebody else: a browser keeps one cookie for each host name
  Ctrl-C ends it.
`);
  await signalToEnd();
  console.log('\nEnding.');
  await demo.stop();
}

/** On PORT, which has to be free, else on 3000 or, where that is taken, on any. */
async function start() {
  const { PORT } = process.env;
  if (PORT && !(/^\d+$/.test(PORT) && Number(PORT) < 65_536)) {
    throw new Error(`PORT is no number of a port: ${PORT}`);
  }
  try {
    return await startDemo({ port: Number(PORT || DEFAULT_PORT) });
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    if (PORT) throw new Error(`PORT ${PORT} is taken by another process.`, { cause: error });
    return startDemo({ port: 0 });
  }
}

/** The first Ctrl-C ends the app in order, a second one at once. */
function signalToEnd() {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, resolve);
  });
}

module.exports = { main };
