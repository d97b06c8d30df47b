'use strict';

/**
 * Makes what a Lookup calls before each of its connections: it asks the client's credentials provider, and
 * answers once, whatever the provider does.
 * @param {() => object | Promise<object>} credentials
 * @param {number} within - milliseconds
 * @param {() => { logIn: Function, loginFailed: Function } | undefined} answering - the Lookup, if there still is one
 */
function loginAsker(credentials, within, answering) {
  return () => {
    let timer = null;
    const silence = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it did not answer within ${within} ms`)), within);
      // The look-ups that wait keep the process alive, as long as any do.
      timer.unref();
    });
    const asked = new Promise((resolve) => resolve(credentials()));
    Promise.race([asked, silence])
      .then(checked)
      .then(
        ({ username, password }) => answering()?.logIn(username, password),
        (error) => answering()?.loginFailed(`the credentials provider failed: ${wordsOf(error)}`),
      )
      .finally(() => clearTimeout(timer));
  };
}

/** Whatever was thrown: what goes wrong here would end the process. */
function wordsOf(error) {
  try {
    return String(error?.message ?? error);
  } catch {
    return 'it threw what has no words';
  }
}

/** Empty and left out are the same to Redis: no log-in, or that of the default user. */
function checked(given) {
  const { username, password } = given ?? {};
  if (!given || !isText(username) || !isText(password)) {
    throw new TypeError('it gave something else than { username, password }');
  }
  return { username: username || null, password: password || null };
}

function isText(value) {
  return value == null || typeof value === 'string';
}

module.exports = { loginAsker };
