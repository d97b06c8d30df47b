'use strict';

const http = require('node:http');
const net = require('node:net');
const { listen } = require('./apps');

/**
 * A proxy in front of apps. Closed with the test.
 * @param {(request: http.IncomingMessage) => string} choose - the URL that a request goes to
 * @param {{ upgrade?: (request, socket, head, url: string) => void, setCookie?: (request) => string }} [options] - without `upgrade` it knows none, like
 *   nginx without its settings: the request goes on, without the header
 */
async function startProxy(t, choose, { upgrade, setCookie } = {}) {
  const server = http.createServer((request, response) => {
    const url = choose(request);
    if (setCookie) response.appendHeader('set-cookie', setCookie(request));
    forward(request, response, url);
  });
  if (upgrade)
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {});
      upgrade(request, socket, head, choose(request));
    });
  return listen(t, server);
}

function forward(request, response, url) {
  const { method } = request;
  const headers = { ...request.headers };
  for (const name of ['upgrade', 'connection']) delete headers[name];
  const passed = http.request(new URL(request.url, url), { method, headers, agent: false });
  passed.on('response', (answer) => {
    for (const [name, value] of Object.entries(answer.headers)) response.appendHeader(name, value);
    response.writeHead(answer.statusCode);
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
  request.pipe(passed);
}

/** Passes an upgrade on as it is. */
function tunnel(request, socket, head, url) {
  const { hostname, port } = new URL(url);
  const passed = net.connect(port, hostname, () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    passed.write(`${lines.join('\r\n')}\r\n\r\n`);
    passed.write(head);
    socket.pipe(passed).pipe(socket);
  });
  passed.on('error', () => socket.destroy());
  socket.on('close', () => passed.destroy());
}

module.exports = { startProxy, tunnel };
