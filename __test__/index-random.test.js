'use strict';

// Users, criteria, lists and what happens to sockets, all by chance, against the predicate that says the same.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { World } = require('./support/index-world');
const { SEED, randomOf } = require('./support/random');

const STEPS = 1500;

for (let run = 0; run < 6; run += 1) {
  test(`${STEPS} steps by chance, seed ${SEED + run}`, () => {
    const world = new World(randomOf(SEED + run));
    for (let step = 0; step < STEPS; step += 1) {
      try {
        world.step();
      } catch (error) {
        error.message = `step ${step}: ${error.message}`;
        throw error;
      }
    }
    world.settle();
    // Not all too seldom, and not all too easily.
    for (const count of [world.found, world.passedOver])
      assert.ok(count > STEPS, `${world.found}, ${world.passedOver}`);
  });
}
