'use strict';

const { override } = require('../sockets/namespace');

/**
 * The namespaces of a Socket.IO server, and their middlewares.
 *
 * This relies on Socket.IO 1 to 4: a namespace keeps its middlewares in `fns` or `_fns`; the server has its namespaces in
 * `nsps` or `_nsps`; and since 2.1 the server calls its own method `of` for each client that connects to a namespace. That
 * method is replaced, so a namespace is known before its first socket, however it was made. In earlier versions every
 * namespace comes from `of`. When Socket.IO changes: the event `new_namespace` (since 4.1) tells of new namespaces too; and
 * where there is no list of middlewares, `putFirst` leaves the authorizer behind those that were there before.
 * `__test__/protect.test.js` shows each version.
 */

/** A server of Socket.IO 1.0 or later. */
function isServer(candidate) {
  const { of, sockets } = candidate ?? {};
  // Servers that are made by hand, in unit tests, may lack some of these.
  return [of, sockets?.use, sockets?.on, sockets?.listeners].every((each) => typeof each === 'function');
}

/**
 * Calls back with each namespace that the server has, and with each that it will have; again when a client connects to it.
 * @param {(namespace: object) => void} callback
 */
function eachNamespace(server, callback) {
  const { of } = server;
  override(server, 'of', (...args) => {
    const namespace = of.apply(server, args);
    // What io.of(/pattern/) gives has no sockets itself. The namespaces made after it come here when they are made.
    if (!(namespace.children instanceof Set)) callback(namespace);
    return namespace;
  });
  server.sockets.on('new_namespace', callback);
  for (const namespace of namespacesOf(server)) callback(namespace);
}

function namespacesOf({ _nsps, nsps }) {
  return _nsps instanceof Map ? [..._nsps.values()] : Object.values(nsps ?? {});
}

/** The list in which Socket.IO keeps the middlewares of a namespace: `fns` up to 2, `_fns` since 3. */
function middlewaresOf({ _fns, fns }) {
  return [_fns, fns].find(Array.isArray);
}

/** From now on the authorizer is the first middleware, and is one only once. */
function putFirst(authorizer, namespace) {
  const { use } = namespace;
  // Socket.IO itself adds it: up to 2, this also ends the greeting of clients before the middlewares are asked.
  use.call(namespace, authorizer);
  const middlewares = middlewaresOf(namespace);
  const others = middlewares?.filter((each) => each !== authorizer);
  middlewares?.splice(0, middlewares.length, authorizer, ...others);
  override(namespace, 'use', (middleware) => {
    return middleware === authorizer ? namespace : use.call(namespace, middleware);
  });
}

module.exports = { eachNamespace, isServer, middlewaresOf, namespacesOf, putFirst };
