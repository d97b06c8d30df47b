'use strict';

const { needsEngine, ofNamespaces } = require('../app');
const { connect } = require('../connect');
const { LINKS, ok, problem, warning } = require('../result');

/** What each namespace says to a visitor without a cookie. A middleware guards its own namespace alone. */
async function run(app) {
  needsEngine(app);
  return ofNamespaces(app, async (namespace) => {
    const verdict = await connect(app, { namespace });
    app.guests.set(namespace, verdict);
    return missing(app, namespace, verdict) ?? resultOf(namespace, verdict);
  });
}

function resultOf(namespace, { isAccepted, reason }) {
  if (isAccepted)
    return warning(
      `${namespace} accepts a visitor without a cookie`,
      `If guests are not meant: io.of('${namespace}').use(authorize(…)), for each namespace.`,
      LINKS.codes,
    );
  return ok(`${namespace} refuses a visitor without a cookie: ${reason}`);
}

/** A server of Socket.IO 1 or 2 says so only to somebody whom the main namespace accepts. */
function missing(app, namespace, { reason }) {
  if (!/^invalid namespace$/i.test(reason)) return undefined;
  app.missing.add(namespace);
  return problem(
    `${namespace} is no namespace of the server`,
    'Compare the name with io.of(…).',
    LINKS.codes,
  );
}

module.exports = { id: 'guest', missing, run };
