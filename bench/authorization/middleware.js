'use strict';

const { engineIo } = require('../support/engine');

const REFUSED = new Error('refused by a response');

/**
 * What a contender has opened, as a middleware of Socket.IO.
 * @param {import('../contenders').Opened} opened
 * @returns {(socket: import('./sockets').FakeSocket, next: (error?: unknown) => void) => void}
 */
function middlewareOf({ middleware, engineMiddlewares }) {
  return middleware ?? throughEngine(engineMiddlewares);
}

/** Through the chain of a real Engine.IO, as for a WebSocket: in the end it writes the head, for which middlewares wait. */
function throughEngine(middlewares) {
  const engine = new engineIo.Server();
  for (const middleware of middlewares) engine.use(middleware);
  return ({ request, response }, next) => {
    request.socket.onDestroy = () => next(REFUSED);
    engine._applyMiddlewares(request, response, (error) => {
      if (!error) response.writeHead();
      next(error);
    });
  };
}

module.exports = { middlewareOf };
