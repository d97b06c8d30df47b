'use strict';

// Callbacks of the app that fail, that do not answer, or that answer in a way that is no clear yes.

const failing = (message) => () => {
  throw new Error(message);
};
const withOptions = (more) => (usual) => ({ ...usual, ...more });

module.exports = {
  'the deserializer is on another Passport': {
    deserialize: null,
    // The app itself needs none to log somebody in; where it reads a session, it fails.
    says: [
      /^\[DESERIALIZE_ERROR\] .*Failed to deserialize user out of session.*has no deserializer.*another instance of Passport/,
    ],
  },
  'done(null, undefined)': {
    deserialize: (name, done) => done(null, undefined),
    says: [
      /^\[DESERIALIZE_ERROR\] .*Failed to deserialize user out of session.*called done\(null, undefined\).*done\(null, false\)/,
    ],
  },
  'the database of the users is down': {
    deserialize: (name, done) => done(new Error('users: connection lost')),
    says: [/^\[DESERIALIZE_ERROR\] .*users: connection lost/],
  },
  'an async deserializer that rejects': {
    deserialize: async () => {
      await Promise.reject(new Error('never seen'));
    },
    options: withOptions({ timeout: 100 }),
    // That Node ends the process for it is the app's affair.
    attach: (io, authorizer) => {
      process.on('unhandledRejection', () => {});
      io.use(authorizer);
    },
    says: [
      /^\[DESERIALIZE_TIMEOUT\] .*no answer within 100 ms.*an async function that rejects never answers/,
    ],
  },
  'success throws': {
    options: withOptions({ success: failing('in success') }),
    says: [/^\[CALLBACK_ERROR\] .*in success/],
  },
  'fail throws': {
    options: withOptions({ fail: failing('in fail') }),
    visits: [() => ({})],
    says: [/^\[FAIL_CALLBACK_ERROR\] .*in fail/],
  },
  'rooms throws': {
    options: withOptions({ rooms: failing('in rooms') }),
    says: [/^\[ROOMS_ERROR\] .*in rooms/],
  },
  'success calls accept(null, undefined)': {
    options: withOptions({ success: (data, accept) => accept(null, data.user.isAdmin) }),
    says: [/^\[FALSY_ACCEPT\] .*accept\(null, undefined\) refuses the client/],
  },
  'success never calls accept': {
    options: withOptions({ success() {}, timeout: 100 }),
    visits: [({ ann }) => ({ ...ann, patience: 500 })],
    says: [/^\[SUCCESS_UNDECIDED\] .*within 100 ms/],
  },
  'fail never calls accept': {
    options: withOptions({ fail() {}, timeout: 100 }),
    visits: [() => ({})],
    says: [/^\[FAIL_UNDECIDED\] .*within 100 ms/],
  },
  'onSessionEnd throws': {
    options: withOptions({ onSessionEnd: failing('in onSessionEnd'), recheckEvery: 1000 }),
    async afterwards({ store, ann }) {
      const warned = new Promise((resolve) => process.once('warning', resolve));
      store.destroy(ann.id);
      await warned;
    },
    says: [/^\[SESSION_END_ERROR\] .*in onSessionEnd/],
  },
};
