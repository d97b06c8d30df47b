'use strict';

const assert = require('node:assert/strict');
const { once: event } = require('node:events');
const { startDemo } = require('../server');
const { Visitor } = require('../visitor');

const STEP_WITHIN_MS = 10_000;
const PROOF_TRIES = 20;
const END_WITHIN_MS = 10_000;
/** How the end of a session is noticed. */
const HOW = { tracking: 'Redis tells of the end', poll: 'the store is asked every 200 ms' };

/** Plays visitors of the demo against the real thing: HTTP, cookies, WebSocket. Throws at the first surprise. */
async function once() {
  const demo = await startDemo();
  console.log(`Sessions: ${demo.sessions.description}\n`);
  const visitor = new Visitor(demo);
  try {
    await play(visitor, demo);
  } finally {
    visitor.leave();
    await demo.stop();
  }
  console.log('\nAll as expected.');
  failUnlessEnding();
}

async function play(visitor, { sessions, backend, watch }) {
  const cookie = await step('alice logs in by HTTP', () => visitor.logIn('alice'));
  const alice = await step('alice connects with her cookie and is greeted by name', async () => {
    const socket = visitor.connect(cookie);
    assert.deepEqual(await answer(socket), { greeted: 'alice' });
    return socket;
  });
  const bob = await step('bob logs in and connects; alice sees it', async () => {
    const seen = bothPresent(alice);
    const bobsCookie = await visitor.logIn('bob');
    assert.deepEqual(await answer(visitor.connect(bobsCookie)), { greeted: 'bob' });
    await seen;
    return bobsCookie;
  });
  if (sessions.inRedis) {
    await step('bob connects again, until the addon itself has read the session of bob from Redis', () =>
      untilNative(backend, () => visitor.connect(bob)),
    );
  }
  await step('a forged cookie is refused: No session found, BAD_SIGNATURE', async () => {
    const refused = { message: 'No session found', code: 'BAD_SIGNATURE' };
    assert.deepEqual(await answer(visitor.connect(forged(cookie))), refused);
  });
  await step('no cookie is refused: No session found, NO_COOKIE', async () => {
    const refused = { message: 'No session found', code: 'NO_COOKIE' };
    assert.deepEqual(await answer(visitor.connect()), refused);
  });
  const secondTab = await step('alice opens a second tab', async () => {
    const socket = visitor.connect(cookie);
    assert.deepEqual(await answer(socket), { greeted: 'alice' });
    return socket;
  });
  const took = await step('alice logs out by HTTP, and the sockets of both tabs are closed', async () => {
    const ends = [alice, secondTab].map((socket) => event(socket, 'disconnect'));
    const start = performance.now();
    const loggedOut = visitor.logOut(cookie);
    for (const [reason] of await Promise.all(ends)) assert.equal(reason, 'io server disconnect');
    const end = performance.now();
    await loggedOut;
    return end - start;
  });
  console.log(`        log-out → sockets closed in ${took.toFixed(1)} ms (${HOW[watch().tier]})`);
  await step('her old cookie is refused: No session found, SESSION_NOT_FOUND', async () => {
    const refused = { message: 'No session found', code: 'SESSION_NOT_FOUND' };
    assert.deepEqual(await answer(visitor.connect(cookie)), refused);
  });
}

/** The store answers until the addon has proven to see the same; after that one answer has to be the addon's own. */
async function untilNative(backend, connectAgain) {
  for (let tries = 0; tries < PROOF_TRIES; tries++) {
    const native = backend().kind === 'redis';
    assert.deepEqual(await answer(connectAgain()), { greeted: 'bob' });
    if (native) return;
  }
  assert.fail(`after ${PROOF_TRIES} connections: ${backend().reason}`);
}

async function step(title, action) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing happened for ${STEP_WITHIN_MS} ms`)), STEP_WITHIN_MS);
  });
  try {
    const result = await Promise.race([action(), late]);
    console.log(`ok      ${title}`);
    return result;
  } catch (error) {
    throw new Error(`FAILED  ${title}\n${error.message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** What the server says to a new connection: its greeting, or its refusal. */
function answer(socket) {
  return new Promise((resolve) => {
    socket.once('welcome', ({ name }) => resolve({ greeted: name }));
    socket.once('connect_error', ({ message, data }) => resolve({ message, code: data?.code }));
  });
}

function bothPresent(socket) {
  return new Promise((resolve) => {
    socket.on('present', (list) => {
      const names = list.map(({ name }) => name);
      if (names.includes('alice') && names.includes('bob')) resolve();
    });
  });
}

/** The same session id under a signature that nobody made: the signature's first character is another one. */
function forged(cookie) {
  return cookie.replace(/\.([^.])([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
}

/** A timer that does not keep the process alive: it only fires when something else does. */
function failUnlessEnding() {
  const complain = () => {
    console.error(`Everything is closed, and yet the process is still alive after ${END_WITHIN_MS} ms.`);
    process.exit(1);
  };
  setTimeout(complain, END_WITHIN_MS).unref();
}

module.exports = { once };
