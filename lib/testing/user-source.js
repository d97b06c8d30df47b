'use strict';

const { Failure } = require('./failures');

/** Who the users of one authorizer are: the argument of `authorizeAs`. It takes the place of the look-up and of Passport. */
class UserSource {
  #user;
  #authorizer;

  constructor(user, authorizer) {
    this.#user = user;
    this.#authorizer = authorizer;
  }

  /**
   * The user of a request, or why there is none.
   * @param {import('./sessions').PlayedSession} session
   * @param {(result: { user?: unknown, failure?: Failure }) => void} done - called once, in the call unless a promise is given
   */
  read(request, session, done) {
    const given = this.#give(request, session);
    if (typeof given.user?.then !== 'function') done(this.#judge(given));
    else this.#wait(given.user).then((result) => done(this.#judge(result)));
  }

  #give(request, session) {
    if (this.#authorizer.isClosed) return { failure: new Failure('CLOSED') };
    if (session.end === 'logged-out') return { failure: new Failure('NOT_LOGGED_IN') };
    if (session.end !== undefined) return { failure: new Failure('SESSION_NOT_FOUND') };
    try {
      return { user: typeof this.#user === 'function' ? this.#user(request) : this.#user };
    } catch (error) {
      return failed(error);
    }
  }

  /** The promise has the option `timeout` as any waiting step. */
  #wait(promise) {
    const { deadlines, options } = this.#authorizer;
    return new Promise((resolve) => {
      const late = new Error(`no answer within ${options.timeout} ms`);
      const expire = () => resolve({ failure: new Failure('DESERIALIZE_TIMEOUT', late) });
      const waiting = { expire, deadline: null };
      deadlines.add(waiting);
      promise
        .then(
          (user) => resolve({ user }),
          (error) => resolve(failed(error)),
        )
        .then(() => deadlines.remove(waiting));
    });
  }

  #judge({ user, failure }) {
    if (failure) return { failure };
    if (this.#authorizer.isClosed) return { failure: new Failure('CLOSED') };
    return user ? { user } : { failure: new Failure('NOT_LOGGED_IN') };
  }
}

function failed(error) {
  return {
    failure: new Failure('DESERIALIZE_ERROR', error ?? new Error('the user was rejected without an error')),
  };
}

module.exports = { UserSource };
