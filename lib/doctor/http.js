'use strict';

const http = require('node:http');
const https = require('node:https');
const { clearTimeout, setTimeout } = require('node:timers');
const { Unanswered } = require('./errors');

/** A handshake has less than 300 bytes, and a page's cookies are in its head: more of a body is not needed. */
const LONGEST_BODY = 256 * 1024;

/**
 * One request on a connection of its own: an agent that keeps connections would hide a balancer without sticky sessions.
 * @typedef {{ status: number, headers: object, setCookies: string[], text: string }} Answer
 * @param {URL} url
 * @param {{ method?: string, headers?: object, body?: string, timeout: number }} options
 * @returns {Promise<Answer>} rejects with `Unanswered`
 */
function ask(url, { method = 'GET', headers, body, timeout }) {
  return new Promise((resolve, reject) => {
    const request = begin(url, { method, headers: { ...headers, connection: 'close' } });
    const timer = endAfter(request, timeout);
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(unanswered(error));
    });
    request.once('response', (response) => {
      readAnswer(response).then(
        (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        (error) => {
          clearTimeout(timer);
          reject(unanswered(error));
        },
      );
    });
    request.end(body);
  });
}

function begin(url, options) {
  const { request } = url.protocol === 'https:' ? https : http;
  return request(url, { agent: false, ...options });
}

/** Ends a request that takes too long. The time is that of the whole request. */
function endAfter(request, timeout) {
  return setTimeout(
    () => request.destroy(new Unanswered(`no answer within ${timeout} ms`, 'TIMEOUT')),
    timeout,
  );
}

async function readAnswer(response) {
  const chunks = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    // To leave the loop ends the connection.
    if (length > LONGEST_BODY) break;
  }
  return {
    status: response.statusCode,
    headers: response.headers,
    setCookies: response.headers['set-cookie'] ?? [],
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

function unanswered(error) {
  if (error instanceof Unanswered) return error;
  if (error.code === 'ECONNRESET')
    return new Unanswered('the connection was closed without an answer', 'CLOSED');
  // An error for several addresses (`localhost` has two) has its message in its parts.
  const message = error.message || error.errors?.[0]?.message || error.code;
  return new Unanswered(message, error.code);
}

module.exports = { ask, begin, endAfter, readAnswer, unanswered };
