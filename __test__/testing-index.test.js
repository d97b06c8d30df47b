'use strict';

// The index of passport-socketio-native/testing gives the answers of the native one: the same steps by chance, against the
// same model (index-random.test.js).

const assert = require('node:assert/strict');
const { test } = require('node:test');
const testing = require('../testing');
const { World } = require('./support/index-world');
const { SEED, randomOf } = require('./support/random');

const STEPS = 1500;

for (let run = 0; run < 3; run += 1) {
  test(`${STEPS} steps by chance, seed ${SEED + run}`, () => {
    const authorizerOf = (options) => testing.authorizeAs((request) => request.brought, options);
    const world = new World(randomOf(SEED + run), authorizerOf, testing);
    for (let step = 0; step < STEPS; step += 1) {
      try {
        world.step();
      } catch (error) {
        error.message = `step ${step}: ${error.message}`;
        throw error;
      }
    }
    world.settle();
    assert.ok(world.found > STEPS, `${world.found}`);
  });
}
