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

/** What cannot be had on this machine; the message says why. What needs it is left out, not failed. */
class NotHere extends Error {}

/**
 * A folder of the cache, which outlives this run and this checkout.
 * @param {string} name
 * @param {unknown} recipe - what it is made by: of another recipe there is another folder
 * @param {(folder: string) => void} fill - makes its contents, the first time; in one step, so that nobody finds half of it
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
