'use strict';

const STEP_WITHIN_MS = 60_000;

/**
 * Prints what a step did and how long it took. Throws with the step's name where something is not as expected.
 * @param {string} title
 * @param {(tell: (text: string) => void) => Promise<any>} action - `tell` prints more about it, below the title
 */
async function step(title, action) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing happened for ${STEP_WITHIN_MS} ms`)), STEP_WITHIN_MS);
  });
  const details = [];
  const start = performance.now();
  try {
    const result = await Promise.race([action((text) => details.push(text)), late]);
    print('ok', `${Math.round(performance.now() - start)} ms`, title);
    for (const text of details) print('', '', `  ${text}`);
    return result;
  } catch (error) {
    throw new Error(`FAILED  ${title}\n${error.message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** What cannot be played here, and why. */
function skip(title, why) {
  print('skip', '', title);
  print('', '', `  ${why}`);
}

function print(mark, time, text) {
  console.log(`${mark.padEnd(5)}${time.padStart(7)}  ${text}`);
}

module.exports = { step, skip };
