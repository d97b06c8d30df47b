'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const { cookieNamed } = require('../cookies');
const { cannot, count, inMs } = require('./words');

const CONNECTIONS = 1_000;
const WITHIN_MS = 45_000;

let isRunning = false;

/** A reconnect storm: what happens after a deploy. The clients are another process, so that the times are those of the server. */
async function flood(demo, request, title) {
  if (isRunning) return cannot('The connections of another click are still there. Try again in a moment.');
  isRunning = true;
  const part = demo.refusals.play(title);
  try {
    const cookie = cookieNamed(demo.cookieName, request.headers.cookie);
    return inWords(await play(demo, { port: demo.port, cookie, headers: part.headers, count: CONNECTIONS }));
  } finally {
    part.end();
    isRunning = false;
  }
}

/** What is to be done goes by a message: arguments of a process can be read by others, and the cookie is a secret. */
async function play({ closing }, task) {
  const options = { signal: closing.signal, timeout: WITHIN_MS, execArgv: [] };
  const child = fork(require.resolve('./flood-clients'), options);
  let result;
  child.once('message', (message) => (result = message));
  child.send(task);
  await once(child, 'exit');
  if (result === undefined) throw new Error(`no answer of the clients within ${inMs(WITHIN_MS)}`);
  return result;
}

function inWords({ greeted, refused, failed, ms, p50, p99 }) {
  const steps = [
    `${count(CONNECTIONS, 'connection')} with your session, all at once. The last one had its answer after ${inMs(ms)}.`,
    `Let in: ${greeted.toLocaleString('en')}. A client waited ${inMs(p50)} (p50), ${inMs(p99)} (p99); most of it is the connection itself.`,
  ];
  for (const [code, number] of Object.entries(refused))
    steps.push(`Refused: ${number.toLocaleString('en')} (${code}).`);
  if (failed > 0) {
    steps.push(
      `No connection: ${failed.toLocaleString('en')}. A process may have too few open files here (ulimit -n).`,
    );
  }
  steps.push('They have left again.');
  return { ok: greeted === CONNECTIONS, code: Object.keys(refused)[0], ms, steps };
}

module.exports = { flood };
