'use strict';

const passport = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');

// In the open because they are printed on the log-in page; a real app stores hashes.
const people = [
  { id: 1, name: 'alice', password: 'rabbit', isAdmin: false },
  { id: 2, name: 'bob', password: 'builder', isAdmin: false },
  { id: 3, name: 'carol', password: 'singer', isAdmin: true },
];

/** Names of people who may not come in. */
const banned = new Set();

passport.use(
  new LocalStrategy((username, password, done) => {
    const person = personOf(username);
    if (person?.password !== password) {
      done(null, false, { message: 'There is nobody with this name and password.' });
    } else if (banned.has(person.name)) {
      done(null, false, { message: `${person.name} is banned until an admin pardons them.` });
    } else {
      done(null, user(person));
    }
  }),
);

// The session keeps the id only. Express and Socket.IO both come here to turn it into the user again, so that somebody who is
// banned is nobody to both.
passport.serializeUser(({ id }, done) => done(null, id));
passport.deserializeUser((id, done) => {
  const person = people.find((candidate) => candidate.id === id);
  done(null, person && !banned.has(person.name) && user(person));
});

function personOf(name) {
  return people.find((person) => person.name === name);
}

/** What the app knows of a person who is logged in: a new object each time, and without the password. */
function user({ id, name, isAdmin }) {
  return { id, name, isAdmin };
}

module.exports = { passport, people, personOf, banned };
