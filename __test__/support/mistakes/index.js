'use strict';

/**
 * Usual mistakes, by what the developer did. Each is a small app (`app.js`) that differs from a sound one by these members:
 * - `sessions`: opens the app's store, `{ store, name, close }`
 * - `deserialize`: the app's deserializer; null for none
 * - `prepare(site)`: before the authorizer is made
 * - `options(usual)`: of `authorize()`
 * - `server(authorizer)`: options of the Socket.IO server; `attach(io, authorizer, app)`: instead of `io.use(authorizer)`
 * - `visits`: who connects, one after the other; ann, who is logged in, where it is left out
 * - `afterwards(site, io)`
 * - `logs`: its `fail` prints the code and the hint, as docs/troubleshooting.md shows; else the default `fail` refuses
 * - `env`, `dies`: of the process
 * - `says`: one pattern for each line that it prints, and there are no others
 */
const MISTAKES = {
  ...require('./cookies'),
  ...require('./sessions'),
  ...require('./stores'),
  ...require('./callbacks'),
  ...require('./setup'),
  ...require('./first-run'),
};

module.exports = { ...require('./secrets'), MISTAKES };
