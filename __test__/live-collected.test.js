'use strict';

// An authorizer that nobody has any more: nothing of its native watch stays.

const { test } = require('node:test');
const { assertPrints } = require('./support/child');

test('a native watch that is collected leaves no entry behind', async () => {
  const script = `
    const { listen } = require('./lib/sessions/watch/events');
    const OWNER = 4242;
    let hasLeft = false;
    const { delete: remove } = Map.prototype;
    Map.prototype.delete = function (key) {
      hasLeft ||= key === OWNER;
      return remove.call(this, key);
    };
    listen(OWNER, {});
    (async () => {
      for (let times = 0; times < 100 && !hasLeft; times++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        gc();
      }
      console.log(hasLeft);
    })();
  `;
  await assertPrints(script, 'true', { args: ['--expose-gc'], preamble: '' });
});
