'use strict';

const REDIS_IS_STOPPED = 'Redis is stopped, so nobody can tell whose session this is. Start it again first.';

/**
 * For requests that change something. A browser sends the cookie with forms of other pages too, and SameSite does not help:
 * all ports of localhost are one site.
 */
function onlyFromThisPage(request, response, next) {
  const { origin, host, 'sec-fetch-site': site = 'none' } = request.headers;
  const isThisPage = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  if (isThisPage && ['same-origin', 'none'].includes(site)) next();
  else refuse(response, 403, 'This request was sent by a page of another site.');
}

function onlyLoggedIn(request, response, next) {
  if (request.user) next();
  else refuse(response, 401, 'Log in first: you have no session, or it has ended.');
}

function onlyAdmins(request, response, next) {
  if (request.user?.isAdmin) next();
  else refuse(response, request.user ? 403 : 401, 'Only an admin may do this. Log in as carol.');
}

/** Every answer has the same members, whatever has failed: as the results of the buttons. */
function refuse(response, status, text) {
  response.status(status).json({ ok: false, title: 'Not done', steps: [text], message: text });
}

/** What express-session and Passport fail with, in words: mostly that Redis is away. No stack goes to the client. */
function inWords(error, _request, response, _next) {
  // express-session tells of an error after the answer too: it could not prolong the session.
  if (response.headersSent) return;
  const isClients = error.status >= 400 && error.status < 500;
  if (isClients) refuse(response, error.status, 'The request cannot be read.');
  else refuse(response, 503, `The session store cannot be asked: ${error.message || error.code}.`);
}

module.exports = { REDIS_IS_STOPPED, onlyFromThisPage, onlyLoggedIn, onlyAdmins, refuse, inWords };
