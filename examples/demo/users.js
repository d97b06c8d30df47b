'use strict';

const passport = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');

// In the open because they are printed on the log-in page; a real app stores hashes.
const people = [
  { id: 1, name: 'alice', password: 'rabbit' },
  { id: 2, name: 'bob', password: 'builder' },
  { id: 3, name: 'carol', password: 'singer' },
];

passport.use(
  new LocalStrategy((username, password, done) => {
    const person = people.find(({ name }) => name === username);
    done(null, person?.password === password && user(person));
  }),
);

// The session keeps the id only. Express and Socket.IO both come here to turn it into the user again.
passport.serializeUser(({ id }, done) => done(null, id));
passport.deserializeUser((id, done) => {
  const person = people.find((candidate) => candidate.id === id);
  done(null, person && user(person));
});

/** What the app knows of a person who is logged in: a new object each time, and without the password. */
function user({ id, name }) {
  return { id, name };
}

module.exports = { passport, people };
