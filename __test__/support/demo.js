'use strict';

const { startDemo } = require('../../examples/demo/server');
const { Visitor } = require('../../examples/demo/once/visitor');
const { banned } = require('../../examples/demo/users');

/**
 * The demo on a free port, with sessions in a Redis of its own unless the environment says otherwise. Stopped with the test.
 * @param {{ REDIS_URL?: string, REDIS_SERVER?: string }} [env] - while it starts
 * @returns {Promise<{ demo: object, visitor: Visitor, url: string }>}
 */
async function openDemo(t, env) {
  const demo = await withEnv({ REDIS_URL: '', ...env }, () => startDemo({ print: () => {} }));
  const visitor = new Visitor(demo);
  t.after(async () => {
    visitor.leave();
    await demo.stop();
    banned.clear();
  });
  return { demo, visitor, url: `http://127.0.0.1:${demo.port}` };
}

async function withEnv(env, action) {
  const before = Object.keys(env).map((name) => [name, process.env[name]]);
  Object.assign(process.env, env);
  try {
    return await action();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

module.exports = { openDemo };
