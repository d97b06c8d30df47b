'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const CACHE = path.join(
  process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'),
  'passport-socketio-native',
  'targets',
);

/** Something is not available on this machine; the message says why. What needs it is skipped; that is no failure. */
class NotHere extends Error {}

/**
 * A folder of the cache. Later runs and other checkouts use it too.
 * @param {string} name
 * @param {unknown} recipe - identifies the contents: another recipe has another folder
 * @param {(folder: string) => void} fill - makes the contents on first use. One rename then publishes them, so that another
 *   process never sees a part of them.
 */
function cached(name, recipe, fill) {
  const digest = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
  const folder = path.join(CACHE, `${name}-${digest}`);
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(CACHE, { recursive: true });
  const work = fs.mkdtempSync(path.join(CACHE, 'work-'));
  try {
    fill(work);
    fs.renameSync(work, folder);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

module.exports = { CACHE, NotHere, cached };
