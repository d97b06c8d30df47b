'use strict';

const crypto = require('node:crypto');
const { clearTimeout, setTimeout } = require('node:timers');
const { Unanswered } = require('./errors');
const { begin, endAfter, readAnswer, unanswered } = require('./http');

const TEXT = 1;
const CLOSE = 8;
/** The answers wanted here have less than a kilobyte. */
const LONGEST = 1024 * 1024;

/**
 * Opens a WebSocket. Node 18 and 20 have no client of their own, and that of newer ones hides why a server refuses.
 * @param {URL} url - of http or https
 * @param {{ headers?: object, timeout: number }} options
 * @returns {Promise<{ refused: object } | { send: Function, next: Function, end: Function }>} `refused` is the answer that
 *   came in place of a WebSocket; rejects with `Unanswered`
 */
function openWebSocket(url, { headers, timeout }) {
  return new Promise((resolve, reject) => {
    const request = begin(url, {
      headers: {
        ...headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': crypto.randomBytes(16).toString('base64'),
      },
    });
    const timer = endAfter(request, timeout);
    const settle = (how, value) => {
      clearTimeout(timer);
      how(value);
    };
    request.once('error', (error) => settle(reject, unanswered(error)));
    request.once('response', (response) =>
      readAnswer(response).then(
        (refused) => settle(resolve, { refused }),
        (error) => settle(reject, unanswered(error)),
      ),
    );
    request.once('upgrade', (_response, socket, head) => settle(resolve, channelOver(socket, head, timeout)));
    request.end();
  });
}

/** `next()` gives the texts one by one, and null when there will be none. */
function channelOver(socket, head, timeout) {
  const texts = [];
  let wake = () => {};
  let isOver = false;
  let rest = head;
  const finish = () => {
    isOver = true;
    socket.destroy();
    wake();
  };
  const read = (chunk) => {
    const { frames, rest: left, isBroken } = framesIn(Buffer.concat([rest, chunk]));
    rest = left;
    for (const { opcode, data } of frames) {
      if (opcode === TEXT) texts.push(data.toString('utf8'));
      else if (opcode === CLOSE) finish();
    }
    if (isBroken) finish();
    wake();
  };
  socket.on('data', read).on('error', finish).on('close', finish).on('end', finish);
  read(Buffer.alloc(0));
  return {
    async next() {
      if (texts.length === 0 && !isOver) await untilWoken((how) => (wake = how), timeout);
      return texts.shift() ?? null;
    },
    send(text) {
      if (!isOver) socket.write(frameOf(TEXT, text));
    },
    end() {
      if (!isOver) socket.write(frameOf(CLOSE, ''));
      finish();
    },
  };
}

function untilWoken(setWake, timeout) {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Unanswered(`no packet within ${timeout} ms`, 'TIMEOUT'));
    const timer = setTimeout(late, timeout);
    setWake(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The whole frames of a stream. Servers send theirs unmasked, and what is wanted here in one frame each. */
function framesIn(bytes) {
  const frames = [];
  let at = 0;
  while (bytes.length - at >= 2) {
    let length = bytes[at + 1] & 0x7f;
    let start = at + 2;
    if (length === 126 && bytes.length - start >= 2) {
      length = bytes.readUInt16BE(start);
      start += 2;
    } else if (length === 127 && bytes.length - start >= 8) {
      length = Number(bytes.readBigUInt64BE(start));
      start += 8;
    } else if (length >= 126) break;
    // Reserved bits and masked frames are no WebSocket: Engine.IO 4 refuses a protocol by HTTP inside the stream.
    if (bytes[at] & 0x70 || bytes[at + 1] & 0x80 || length > LONGEST) return { frames, isBroken: true };
    if (bytes.length - start < length) break;
    frames.push({ opcode: bytes[at] & 0x0f, data: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return { frames, rest: bytes.subarray(at), isBroken: false };
}

/** A frame of a client, which is masked. */
function frameOf(opcode, text) {
  const data = Buffer.from(text);
  const mask = crypto.randomBytes(4);
  for (let i = 0; i < data.length; i++) data[i] ^= mask[i % 4];
  const head =
    data.length < 126
      ? [0x80 | opcode, 0x80 | data.length]
      : [0x80 | opcode, 0xfe, data.length >> 8, data.length & 255];
  return Buffer.concat([Buffer.from(head), mask, data]);
}

module.exports = { openWebSocket };
