'use strict';

const { contenderOf } = require('../contenders');
const { inProcess } = require('../filter/in-process');
const { heapBytes, nativeBytes } = require('../live/memory');
const { Process } = require('../support/process');

/** What each authorizer keeps of a connected socket and of a look-up; and whether ours grows. */
const OF_LOOK_UPS = ['original', 'original-ioredis', 'recipe', 'plain', 'ours'];
const OF_SOCKETS = ['original', 'shared', 'plain', 'ours'];

/**
 * Memory, in bytes.
 *
 * @param {import('../support/scene').Scene} scene
 * @param {object} settings
 * @returns {Promise<object>} `pending`: by contender, of a look-up under way; `sockets`: of a connected socket, above no
 *   authorization; `index`: more for two indexed properties; `watched`: more for `onSessionEnd`; `steady`: resident size
 *   after each series of authorizations
 */
async function memory(scene, { warmUp, pending, sockets, index, watched, steady }) {
  const result = { steady: { count: steady.count } };
  result.pending = {};
  for (const key of OF_LOOK_UPS)
    result.pending[key] = await figureOf(scene, key, 'pending', { warmUp, ...pending });
  scene.tell('memory: look-ups under way');

  const bare = await figureOf(scene, 'no-auth', 'socket', { warmUp, ...sockets });
  result.sockets = {};
  for (const key of OF_SOCKETS)
    result.sockets[key] = (await figureOf(scene, key, 'socket', { warmUp, ...sockets })) - bare;
  scene.tell('memory: connected sockets');

  result.index = await indexBytes(index);
  scene.tell('memory: indexed sockets');
  result.watched = { native: await nativeBytes(watched), heap: await heapBytes(watched) };
  scene.tell('memory: watched sessions');
  result.steady.sizes = await figureOf(scene, 'ours', 'steady', { warmUp, ...steady });
  scene.tell('memory: many authorizations');
  return result;
}

async function figureOf(scene, key, task, { warmUp, ...settings }) {
  const contender = contenderOf(key);
  const args = [key, scene.redis.url, scene.checkoutOf(contender)];
  const worker = new Process(contender.name, 'memory/worker.js', args, ['--expose-gc']);
  try {
    const { sessions } = scene;
    await worker.do('open', { sessions, warmUp });
    return await worker.do(task, { sessions, ...settings });
  } finally {
    worker.end();
  }
}

/** An id that is a number, and a role. */
async function indexBytes({ count }) {
  const settings = { count, texts: false, isStorm: false };
  const without = await inProcess('heap', settings);
  const heap = (await inProcess('heap', { ...settings, index: ['id', 'role'] })) - without;
  return { heap, native: await inProcess('native', { count, texts: false }) };
}

module.exports = { memory };
