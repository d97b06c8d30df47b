'use strict';

/**
 * The address of a Redis, as the addon takes it (RedisTarget of the binding): every member is present, and null if
 * nothing was given.
 */
function targetOf({ nodes, cluster, sentinel, username, password, db, tls, clientName }) {
  return {
    nodes: nodes.map(nodeOf),
    cluster: cluster ?? false,
    sentinel: sentinel
      ? { name: sentinel.name, ...loginOf(sentinel.username, sentinel.password), tls: sentinel.tls ?? null }
      : null,
    ...loginOf(username, password),
    db: db ?? null,
    tls: tls ?? null,
    clientName: clientName ?? null,
  };
}

/**
 * Some clients keep the port as a string, or an IPv6 address in the brackets of a URL. A path overrides host and port.
 */
function nodeOf({ url, host, port, path }) {
  if (path) return { url: null, host: null, port: null, path };
  return {
    url: url ?? null,
    host: host ? host.replace(/^\[(.*)\]$/, '$1') : null,
    port: port ? Number(port) : null,
    path: null,
  };
}

/** Empty credentials count as missing, as in the clients. */
function loginOf(username, password) {
  return { username: username || null, password: password || null };
}

/** Whether TLS was asked for over a Unix socket: Redis clients do not support it. */
function isTlsOverSocket(tls, nodes) {
  return Boolean(tls) && nodes.some(({ path }) => path);
}

module.exports = { isTlsOverSocket, targetOf };
