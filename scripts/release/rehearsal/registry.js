'use strict';

// A registry for the packages of this repository, in a process of its own and in memory: it serves what `npm publish` has
// sent. Every other request is redirected to the registry that this machine uses. Verdaccio does the same with 327
// packages, which take half a minute to install.
//
// Started by fork with the other registry's URL. Sends `{ url }`, and ends with its parent.

const http = require('node:http');

const OURS = /^(@passport-socketio\/[\w-]+|passport-socketio-native)$/;

/** Metadata by package name. */
const documents = new Map();
/** Tarballs by path. */
const tarballs = new Map();

main(process.argv[2]);

function main(uplink) {
  const server = http.createServer((request, response) => {
    answer(request, response, uplink).catch((error) => {
      response.writeHead(500).end(JSON.stringify({ error: error.message }));
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}/` }));
  process.once('disconnect', () => process.exit());
}

async function answer(request, response, uplink) {
  const { pathname } = new URL(request.url, 'http://registry');
  const [, name, rest] = /^\/((?:@[^/]+(?:\/|%2f))?[^/]+)(\/.*)?$/i.exec(pathname) ?? [];
  const ours = name !== undefined && OURS.test(decodeURIComponent(name));
  if (!ours) {
    // GET only: a rehearsal must not publish to another registry. The status is 301, because npm caches only permanent
    // redirects, and needs the cached answer when it is offline.
    if (request.method === 'GET') response.writeHead(301, { location: uplink + request.url.slice(1) }).end();
    else response.writeHead(404).end('{}');
    return;
  }
  const host = `http://${request.headers.host}`;
  if (request.method === 'PUT') store(await readJson(request), response);
  else if (rest !== undefined) send(response, 'application/octet-stream', tarballs.get(pathname));
  else send(response, 'application/json', describe(decodeURIComponent(name), host));
}

/** The body of `npm publish`: the version's manifest, and the tarball in base64. */
function store({ name, versions, 'dist-tags': tags, _attachments: attachments }, response) {
  const document = documents.get(name) ?? { name, versions: {}, 'dist-tags': {}, time: {} };
  const [[version, manifest]] = Object.entries(versions);
  if (document.versions[version] !== undefined) {
    response.writeHead(403).end(JSON.stringify({ error: `${name} ${version} is there already` }));
    return;
  }
  const [{ data }] = Object.values(attachments);
  const file = `/${name}/-/${name.split('/').pop()}-${version}.tgz`;
  tarballs.set(file, Buffer.from(data, 'base64'));
  document.versions[version] = { ...manifest, dist: { ...manifest.dist, tarball: file } };
  Object.assign(document['dist-tags'], tags);
  document.time[version] = new Date().toISOString();
  documents.set(name, document);
  response.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}');
}

function describe(name, host) {
  const document = documents.get(name);
  if (document === undefined) return undefined;
  const versions = Object.entries(document.versions).map(([version, manifest]) => [
    version,
    { ...manifest, dist: { ...manifest.dist, tarball: host + manifest.dist.tarball } },
  ]);
  return Buffer.from(JSON.stringify({ ...document, versions: Object.fromEntries(versions) }));
}

function send(response, type, content) {
  if (content === undefined)
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
  else response.writeHead(200, { 'content-type': type, 'content-length': content.length }).end(content);
}

async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
