'use strict';

const { needsEngine } = require('../app');
const { connect } = require('../connect');
const { LINKS, ok, problem, warning } = require('../result');

/** What each namespace says to a visitor without a cookie. A middleware guards its own namespace alone. */
async function run(app) {
  needsEngine(app);
  const results = [];
  for (const namespace of app.namespaces) {
    const verdict = await connect(app, { namespace });
    app.guests.set(namespace, verdict);
    results.push(resultOf(namespace, verdict));
  }
  return results;
}

function resultOf(namespace, { isAccepted, reason }) {
  if (isAccepted)
    return warning(
      `${namespace} accepts a visitor without a cookie`,
      `If guests are not meant: io.of('${namespace}').use(authorize(…)), for each namespace.`,
      LINKS.codes,
    );
  if (/invalid namespace/i.test(reason))
    return problem(
      `${namespace} is no namespace of the server`,
      'Compare the name with io.of(…).',
      LINKS.codes,
    );
  return ok(`${namespace} refuses a visitor without a cookie: ${reason}`);
}

module.exports = { id: 'guest', run };
