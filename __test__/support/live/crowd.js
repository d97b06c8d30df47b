'use strict';

const { FakeNamespace, admit, authorizerOf, disconnect, enter, visitorOf } = require('../index-sockets');
const { cookieOf } = require('../visit');

/**
 * Sockets by the thousand, without connections: an authorizer with live sessions over a store that answers in the call. The
 * user of the session `ann` is `ann`.
 * @param {object} [options] - of the authorizer
 */
function crowdOf(options) {
  const namespace = new FakeNamespace();
  /** Session ids that are gone. */
  const gone = new Set();
  const ends = [];
  const store = { get: (sid, done) => done(null, gone.has(sid) ? undefined : { passport: { user: sid } }) };
  const onSessionEnd = (socket, reason) => ends.push([socket, reason]);
  const authorizer = authorizerOf({ store, onSessionEnd, recheckEvery: 100, ...options });

  /** A socket that is let in, and not connected yet. */
  function letIn(sid, by = authorizer) {
    const socket = visitorOf(namespace, { name: sid });
    socket.request.headers.cookie = cookieOf(sid);
    authorize(socket, by);
    return socket;
  }

  function authorize(socket, by = authorizer) {
    const error = admit(by, socket);
    if (error) throw error;
  }

  function connect(sid, by) {
    const socket = letIn(sid, by);
    socket.connected = true;
    return enter(socket);
  }

  function leave(socket) {
    disconnect(socket);
    socket.connected = false;
  }
  return { namespace, authorizer, store, gone, ends, authorize, connect, letIn, leave };
}

module.exports = { crowdOf, enter };
