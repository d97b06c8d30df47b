'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { startRedis } = require('../../../../scripts/support/redis-server');
const { until } = require('../../redis-cluster');
const { openAdmin } = require('../../redis-store');
const { PREFIX } = require('../visitors');

/** One Redis, which can be killed and started again. */
class Single {
  #args;
  #dir = fs.mkdtempSync(path.join(os.tmpdir(), 'chaos-'));

  /** @param {string[]} [args] - of the server */
  static async open(args) {
    const place = new Single(args);
    await place.start();
    return place;
  }

  constructor(args = []) {
    this.#args = args;
  }

  /** The option `redis`. */
  get redis() {
    return this.server.url;
  }

  /** The same port again, with the data that were saved. */
  async start(args = []) {
    this.server = await startRedis({
      ...{ args: [...this.#args, ...args], port: this.server?.port, dir: this.#dir },
    });
    this.admin = await openAdmin(this.server);
  }

  async kill() {
    this.admin.destroy();
    this.server.kill('SIGKILL');
    await this.server.ended;
  }

  get #dump() {
    return path.join(this.#dir, 'dump.rdb');
  }

  /** As where a disk is full: a snapshot fails, after which Redis refuses to write. */
  async fillDisk() {
    fs.mkdirSync(this.#dump);
    await this.#snapshot('err');
  }

  async emptyDisk() {
    fs.rmdirSync(this.#dump);
    await this.#snapshot('ok');
  }

  async #snapshot(status) {
    await this.do('BGSAVE');
    const isDone = new RegExp(`rdb_bgsave_in_progress:0[^]*rdb_last_bgsave_status:${status}`);
    await until(async () => isDone.test(await this.do('INFO', 'persistence')));
  }

  do(...words) {
    return this.admin.sendCommand(words);
  }

  /** Ends all connections but those of `admin`. */
  async cut() {
    await this.do('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  }

  async write(entries) {
    await Promise.all(entries.map(([key, text]) => this.do('SET', key, text)));
  }

  async destroy(sids) {
    await Promise.all(sids.map((sid) => this.do('DEL', PREFIX + sid)));
  }

  async close() {
    if (this.admin.isOpen) this.admin.destroy();
    await this.server.stop();
    fs.rmSync(this.#dir, { recursive: true, force: true });
  }
}

module.exports = { Single };
