'use strict';

const assert = require('node:assert/strict');
const vm = require('node:vm');
const { browse, forged } = require('../frameworks');
const { redisFor } = require('../redis-store');
const { connect } = require('../socket-client');
const { blocksOf } = require('./blocks');
const { folderFor, serve, write } = require('./programs');

/** The page that the apps serve. */
const PAGE = blocksOf('README.md').find(({ name }) => name === 'page of the whole app').code;

/** The app of a page, as a program of its own. Gives its URL. */
async function serveApp(t, { code }, file) {
  const redis = await redisFor(t);
  const folder = folderFor(t);
  write(folder, { [file]: code, 'page.html': PAGE });
  return serve(t, folder, file, { REDIS_URL: redis.url });
}

/** Ann and Bob are in one team, known by their names, and everybody else is refused. */
async function assertIsTheApp(t, url) {
  const logIn = (username, password) => browse(`${url}/login`, { form: { username, password } });
  const [ann, bob] = [await logIn('ann', 'rabbit'), await logIn('bob', 'builder')];
  assert.equal(await logIn('ann', 'builder'), undefined, 'a wrong password');

  const mates = [await connect(t, url, { cookie: ann }), await connect(t, url, { cookie: bob })];
  assert.deepEqual(
    mates.map(({ welcome }) => welcome),
    ['ann', 'bob'],
  );
  const heard = mates.map(
    ({ socket }) => new Promise((resolve) => socket.once('said', (...words) => resolve(words))),
  );
  mates[1].socket.emit('say', 'hello');
  assert.deepEqual(await Promise.all(heard), [
    ['bob', 'hello'],
    ['bob', 'hello'],
  ]);

  const codeOf = async (options) => (await connect(t, url, options)).refused?.data.code;
  assert.equal(await codeOf({}), 'NO_COOKIE');
  assert.equal(await codeOf({ cookie: forged(ann) }), 'BAD_SIGNATURE');
  const extraHeaders = { cookie: ann, origin: 'https://evil.example' };
  assert.equal(
    await codeOf({ extraHeaders, transportOptions: { websocket: { extraHeaders } } }),
    'ORIGIN_NOT_ALLOWED',
  );
  return { ann };
}

/** The log-out ends the sockets of all tabs, and nobody else's. */
async function assertLogOutEnds(t, url) {
  const logIn = (username, password) => browse(`${url}/login`, { form: { username, password } });
  const [ann, bob] = [await logIn('ann', 'rabbit'), await logIn('bob', 'builder')];
  const sockets = [];
  for (const cookie of [ann, ann, bob]) sockets.push((await connect(t, url, { cookie })).socket);
  const gone = sockets.slice(0, 2).map((tab) => new Promise((resolve) => tab.once('disconnect', resolve)));
  await browse(`${url}/logout`, { cookie: ann, form: {} });
  assert.deepEqual(await Promise.all(gone), Array(2).fill('io server disconnect'));
  assert.ok(sockets[2].connected);
}

/** The script of the page, with a client in place of the browser's that sends a cookie. Gives what it shows. */
async function shownBy(t, url, cookie) {
  const [, script] = /<script>\n([^]*)<\/script>/.exec(PAGE);
  return new Promise((resolve, reject) => {
    const document = { body: { append: resolve } };
    const extraHeaders = cookie ? { cookie } : {};
    const io = () => {
      const socket = require('socket.io-client')(url, {
        transports: ['websocket'],
        extraHeaders,
        reconnection: false,
        forceNew: true,
      });
      t.after(() => socket.close());
      return socket;
    };
    try {
      vm.runInNewContext(script, { document, io });
    } catch (error) {
      reject(error);
    }
  });
}

module.exports = { PAGE, assertIsTheApp, assertLogOutEnds, serveApp, shownBy };
