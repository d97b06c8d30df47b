'use strict';

// docs/compatibility.md

const assert = require('node:assert/strict');
const { openSite } = require('../site');

module.exports = {
  recovery: async (t, { code }) => {
    const site = await openSite(t, { withSocketIo: false });
    site.run(code);
    assert.equal((await site.visit()).refused?.message, 'websocket error');
    const { socket, welcome } = await site.visit(site.ann);
    assert.equal(welcome, 'ann');
    const answerTo = async (connectAgain) => {
      const answer = new Promise((resolve) => {
        socket.once('welcome', () => resolve(socket.recovered ? 'recovered' : 'welcome'));
        socket.once('connect_error', (refused) => resolve(refused.message));
      });
      connectAgain();
      return answer;
    };
    const breakAndConnect = () => {
      socket.once('disconnect', () => socket.connect());
      socket.io.engine.close();
    };
    // The recovery needs the offset of an event that came: that was the welcome.
    assert.equal(await answerTo(breakAndConnect), 'recovered');
    site.sessionStore.clear();
    assert.equal(await answerTo(breakAndConnect), 'websocket error');
  },
};
