'use strict';

/** Collects all garbage (`--expose-gc`), also what finalizers free later. */
async function collect() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    // Finalizers run later.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Bytes that V8 knows: its heap, and array buffers. */
function known() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Resident bytes outside V8's heap. */
function outside() {
  const { rss, heapTotal } = process.memoryUsage();
  return rss - heapTotal;
}

module.exports = { collect, known, outside };
