'use strict';

// docs/sockets.md

const assert = require('node:assert/strict');
const { filterSocketsByUser, countSocketsByUser } = require('../../../..');
const { notedAuthorize, openSite, requireWith, runWith, SECRET } = require('../site');

module.exports = {
  'three ways': async (t, { code }) => {
    const site = await openSite(t);
    const { authorize, made } = notedAuthorize(t);
    const found = [];
    const noted =
      (find) =>
      (...args) => {
        found.push(find(...args));
        return found.at(-1);
      };
    const require = requireWith({
      authorize,
      filterSocketsByUser: noted(filterSocketsByUser),
      countSocketsByUser: noted(countSocketsByUser),
    });
    site.run(code, { require });
    const hello = (socket) => new Promise((resolve) => socket.once('hello', resolve));
    site.greet();
    site.greet(site.io.of('/chat'));

    const inChat = await site.visit(site.ann, '/chat');
    assert.equal(inChat.welcome, 'ann');
    const { socket } = await site.visit(site.ann);
    const namesOf = (sockets) => sockets.map(({ request }) => request.user.name);
    const [adults, one, mods, admins] = found;
    assert.deepEqual([namesOf(adults), namesOf(one), namesOf(mods), admins], [['ann'], ['ann'], ['ann'], 1]);
    assert.equal(mods[0].nsp.name, '/chat');
    // In both namespaces.
    assert.deepEqual(made[0].users('role'), new Map([['admin', 2]]));
    assert.ok(made[0].stats().filters.indexed > 0);

    const heard = hello(socket);
    assert.equal((await site.visit(site.bob)).welcome, 'bob');
    await heard;
    const [adultsNow, oneNow, , adminsNow] = found.slice(4);
    assert.deepEqual([namesOf(adultsNow), namesOf(oneNow), adminsNow], [['ann'], ['ann'], 1]);
  },

  'a room in each namespace': async (t, { code }) => {
    const site = await openSite(t);
    const { authorize } = notedAuthorize(t);
    const rooms = (user) => [`user:${user.id}`];
    const authorizer = authorize({ secret: SECRET, store: site.sessionStore, rooms });
    for (const namespace of [site.io, site.io.of('/chat')]) {
      namespace.use(authorizer);
      site.greet(namespace);
    }
    const anns = [await site.visit(site.ann), await site.visit(site.ann, '/chat')];
    const bob = await site.visit(site.bob);
    const gone = anns.map(({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)));
    site.run(code);
    assert.deepEqual(await Promise.all(gone), Array(2).fill('io server disconnect'));
    assert.ok(bob.socket.connected);
  },

  share: async (t, { code }) => {
    const site = await openSite(t);
    site.run(code);
    site.greet();
    const { socket } = await site.visit(site.ann);
    await site.visit(site.bob);
    const ask = (teamId) => new Promise((resolve) => socket.emit('team', teamId, resolve));
    assert.deepEqual(await ask(7), [{ id: 42, name: 'ann', team: { id: 7 } }]);
    assert.deepEqual(await ask(8), [{ id: 43, name: 'bob', team: { id: 8 } }]);
  },

  recheck: async (t, { code }) => {
    const site = await openSite(t);
    const { authorize, made } = notedAuthorize(t);
    site.io.use(authorize({ secret: SECRET, store: site.sessionStore }));
    site.run(code, { authorizer: made[0] });
    site.greet();
    const { socket } = await site.visit(site.ann);
    const ask = () => new Promise((resolve) => socket.emit('refresh', resolve));
    assert.equal(await ask(), 'ann');
    await new Promise((resolve) => site.sessionStore.clear(resolve));
    assert.equal(await ask(), 'you are logged out');
  },

  'sockets made by hand': (t, { code }) => {
    let found;
    runWith(code, { filterSocketsByUser: (...args) => (found = filterSocketsByUser(...args)) });
    assert.deepEqual(found, [{ request: { user: { id: 2 } } }]);
  },
};
