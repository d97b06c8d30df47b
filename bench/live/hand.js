'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { RedisStore } = require('connect-redis');
const { ShareClock } = require('../support/cpu');
const { connect } = require('../support/redis');
const { sidOf } = require('../support/sessions');
const { serve } = require('../support/process');

/** As in Socket.IO's guide "How to use with express-session". */
const RELOAD_MS = 30_000;
const WARM_MS = 1000;

const clock = new ShareClock('passport-socketio');
let store;
let timers = [];

/** What one does by hand: a timer for each socket, which reloads its session. */
const tasks = {
  async open({ url }) {
    store = new RedisStore({ client: await connect(url) });
  },

  /** Begins to reload the sessions from 0 to `count`; they are spread over the time. Resolves when that is warm. */
  async start({ count }) {
    for (let index = 0; index < count; index++) {
      const request = { sessionID: sidOf(index), sessionStore: store };
      store.createSession(request, { cookie: {} });
      const reload = () => request.session.reload(() => {});
      const later = setTimeout(
        () => {
          reload();
          timers.push(setInterval(reload, RELOAD_MS));
        },
        (index / count) * RELOAD_MS,
      );
      timers.push(later);
    }
    await sleep(WARM_MS);
  },

  async shares({ ms }) {
    const before = clock.read();
    await sleep(ms);
    return clock.since(before);
  },

  stop() {
    timers.forEach(clearTimeout);
    timers = [];
  },
};

serve(tasks);
