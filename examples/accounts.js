'use strict';

// Stands in for the database of the examples. The passwords are in the open; a real app stores hashes.
const ACCOUNTS = [
  { id: 1, name: 'ann', password: 'rabbit' },
  { id: 2, name: 'bob', password: 'builder' },
];

/**
 * The user with this name and password.
 * @param {string} name
 * @param {string} password
 */
async function findByLogin(name, password) {
  return userOf(ACCOUNTS.find((account) => account.name === name && account.password === password));
}

/**
 * The user that a session names.
 * @param {number} id
 */
async function findById(id) {
  return userOf(ACCOUNTS.find((account) => account.id === id));
}

/** What the app knows of who is logged in: a new object each time; null is Passport's word for nobody. */
function userOf(account) {
  return account ? { id: account.id, name: account.name } : null;
}

module.exports = { findByLogin, findById };
