'use strict';

const { heap, native } = require('./memory');
const { kinds } = require('./questions');
const { registration } = require('./registration');
const { speeds } = require('./speed');

/** One measurement, in a process of its own: the type feedback of another one would change it. */
const tasks = {
  speeds: ({ kind, ...settings }) =>
    speeds(
      kinds.find(({ key }) => key === kind),
      settings,
    ),
  registration,
  heap,
  native,
};

const [task, settings] = process.argv.slice(2);
tasks[task](JSON.parse(settings)).then(
  (result) => process.send({ result }, () => process.exit()),
  (error) => process.send({ error: `${task} ${settings}: ${error.stack}` }, () => process.exit(1)),
);
