'use strict';

/**
 * Where a Redis is, as the addon takes it (RedisTarget of the binding): every member is there, and null where
 * nothing was said.
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
 * Clients have the port as a text too, and some an IPv6 address as it stands in a URL; what stands beside a path
 * does not count.
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

/** Empty ones are none, as to clients. */
function loginOf(username, password) {
  return { username: username || null, password: password || null };
}

module.exports = { targetOf };
