'use strict';

const { parse } = require('node:querystring');
const { OUTCOME } = require('../outcomes');
const { CREDENTIAL_KIND } = require('../sessions/verifier');
const { customParser, parseWith } = require('./cookie-parser');
const { expectUser } = require('../request-user');
const { headerOf, parsedProperty, propertiesOf, queriedIn, queryKindOf } = require('./request-properties');

/**
 * The request, which the app's callbacks get as `data`, and the members that the original sets on it. `cookie` and
 * `sessionID` are computed on the first read, and are plain properties from then on.
 */
class RequestView {
  #options;
  #userProperty;
  #verifier;
  /** @type {Function | undefined} the app's own cookie parser, where it has one */
  #parser;
  #queryKind;
  /** Holds the settings with which the two properties below are computed. */
  #reader;
  /** @type {Reading} with this reader */
  #reading;
  #cookie;
  #sessionID;

  /**
   * @param {import('../request-user').UserProperty} userProperty
   * @param {import('../sessions/verifier').Verifier} verifier
   */
  constructor(options, userProperty, verifier) {
    this.#options = options;
    this.#userProperty = userProperty;
    this.#verifier = verifier;
    this.#parser = customParser(options, verifier);
    this.#queryKind = queryKindOf(options.sessionIdInQuery);
  }

  /**
   * Sets what the original sets before it asks the store. Throws what a custom cookie parser throws.
   * @param {object} [socket] - notes how its session id was read, for `idOf`
   */
  prepare(data, socket) {
    if (this.#reader !== this.#verifier.reader) this.#readWith(this.#verifier.reader);
    if (this.#parser) data.cookie = parseWith(this.#parser, this.#options.secret, headerOf(data));
    else Reflect.defineProperty(data, 'cookie', this.#cookie);
    Reflect.defineProperty(data, 'sessionID', this.#sessionID);
    if (socket) socket[this.#userProperty.reading] = this.#readingOf(data);
    expectUser(data, this.#userProperty);
  }

  /** As `prepare`, for an attempt too many: what a custom cookie parser throws, the attempts under way have reported. */
  prepareIfPossible(data) {
    try {
      this.prepare(data);
    } catch {
      // It fails in any case.
    }
  }

  /** The query parameter `session_id`, which is taken before the cookie, as in the original; falsy where there is none. */
  queried(data) {
    return queriedIn(data, this.#options.sessionIdInQuery);
  }

  /**
   * What the client sent as a cookie.
   * @returns {unknown} a string for `kindOf`; anything else is no credential
   */
  sent(data) {
    return this.#parser ? data.sessionID : headerOf(data);
  }

  /** The kind of credential that a look-up gets: of the query where something came there, else of the cookie. */
  kindOf(queried) {
    if (queried) return this.#queryKind;
    return this.#parser ? CREDENTIAL_KIND.ID : CREDENTIAL_KIND.HEADER;
  }

  /** Whether the app has a cookie parser of its own, which checks signatures too. */
  get isParsedByApp() {
    return this.#parser !== undefined;
  }

  /** Whether a session id of the query is bare, and not signed. */
  isBare(queried) {
    return typeof this.#verifier.reader.sessionId(queried, CREDENTIAL_KIND.SIGNED) !== 'string';
  }

  /** What a custom parser made of the cookie is kept: to parse again takes the secrets as they are then. */
  #readingOf(data) {
    return this.#parser ? new Reading(this, this.#reader, idFrom(data.sessionID)) : this.#reading;
  }

  /** Whether this authorizer is the last of its user property that was asked about the socket. */
  hasReadLast(socket) {
    return socket[this.#userProperty.reading]?.view === this;
  }

  /**
   * The session id of a socket, as it was read at its authorization: a secret may have been rotated out since, and the app
   * may have put another `sessionID` on the request. Read as of now where another authorizer was asked last, or none.
   * @returns {string | number} or the outcome that refuses the credential
   */
  idOf(socket, data) {
    if (this.#reader !== this.#verifier.reader) this.#readWith(this.#verifier.reader);
    const { reader, id } = this.hasReadLast(socket) ? socket[this.#userProperty.reading] : this.#reading;
    return id ?? this.#readId(reader, data, this.queried(data));
  }

  /**
   * The session id of a request that is not prepared.
   * @param {unknown} queried - what counts of its query; falsy where nothing does
   * @returns {string | number} or the outcome that refuses the credential
   */
  idIn(data, queried) {
    if (this.#reader !== this.#verifier.reader) this.#readWith(this.#verifier.reader);
    return this.#readId(this.#reader, data, queried);
  }

  #readId(reader, data, queried) {
    if (queried) {
      const isText = typeof queried === 'string';
      return isText ? reader.sessionId(queried, this.#queryKind) : OUTCOME.SESSION_NOT_FOUND;
    }
    if (!this.#parser) return reader.sessionId(headerOf(data), CREDENTIAL_KIND.HEADER);
    return idFrom(parseWith(this.#parser, this.#options.secret, headerOf(data))[this.#options.key]);
  }

  #readWith(reader) {
    this.#reader = reader;
    this.#reading = new Reading(this, reader);
    const { sessionIdInQuery } = this.#options;
    const { cookie, sessionID } = propertiesOf(reader, sessionIdInQuery);
    this.#cookie = cookie;
    this.#sessionID = this.#parser ? parsedProperty(reader, this.#options) : sessionID;
  }
}

/** How a RequestView has read the session id of a socket. One for all sockets, unless the app has its own cookie parser. */
class Reading {
  /** @param {string | number} [id] - what it read */
  constructor(view, reader, id) {
    this.view = view;
    this.reader = reader;
    this.id = id;
  }
}

/** As a look-up takes what a cookie parser gave: no store has an id that is no text. */
function idFrom(parsed) {
  if (!parsed) return OUTCOME.NO_COOKIE;
  return typeof parsed === 'string' ? parsed : OUTCOME.SESSION_NOT_FOUND;
}

/** The request of a socket. A socket over WebTransport has none (Socket.IO 4.7 and later), and no cookies either. */
function requestOf(socket) {
  return socket.request ?? { headers: {} };
}

/** The query of a request: as Express or Engine.IO has parsed it, else from the URL. */
function queryOf({ _query, query, url }) {
  const parsed = query ?? _query;
  if (typeof parsed === 'object' && parsed !== null) return parsed;
  const at = typeof url === 'string' ? url.indexOf('?') : -1;
  return at < 0 ? undefined : parse(url.slice(at + 1));
}

module.exports = { RequestView, queryOf, requestOf };
