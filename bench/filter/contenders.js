'use strict';

const original = require('passport.socketio');
const { countSocketsByUser, filterSocketsByUser } = require('../..');

/**
 * The contenders. `find` is timed: it answers a question with sockets, or with their number. `prepare` makes its input
 * before, for each question.
 *
 * @typedef {object} Contender
 * @property {string} key
 * @property {string} name
 * @property {string} [loop] - the tight loop over the same collection, if that is not an array
 * @property {boolean} [isOurs]
 * @property {(scene: object) => any} [prepare]
 * @property {(question: import('./questions').Question, scene: object, prepared: any) => object[] | number} find
 */

/** The others are compared with the first two. @type {Contender[]} */
const contenders = [
  {
    key: 'original',
    name: 'passport.socketio 3.7.0, io of Socket.IO 2',
    find: ({ test }, { old }) => original.filterSocketsByUser(old, test),
  },
  {
    key: 'loop',
    name: 'tight loop, array',
    find: ({ test }, { list }) => loopOverArray(list, test),
  },
  {
    key: 'loop-map',
    name: 'tight loop, namespace.sockets',
    find: ({ test }, { namespace }) => loopOverMap(namespace.sockets, test),
  },
  {
    key: 'array-filter',
    name: 'Array.filter',
    find: ({ test }, { list }) => list.filter((socket) => test(socket.request.user)),
  },
  {
    key: 'sets',
    name: 'Map of Sets, kept by the app',
    find: ({ property, value }, { sets }) => [...sets[property].get(value)],
  },
  {
    key: 'criteria-io',
    name: 'ours, criteria, io',
    isOurs: true,
    find: ({ criteria }, { io }) => filterSocketsByUser(io, criteria),
  },
  {
    key: 'criteria-namespace',
    name: 'ours, criteria, a namespace',
    isOurs: true,
    find: ({ criteria }, { namespace }) => filterSocketsByUser(namespace, criteria),
  },
  {
    key: 'count',
    name: 'ours, criteria, count on io',
    isOurs: true,
    find: ({ criteria }, { io }) => countSocketsByUser(io, criteria),
  },
  {
    key: 'criteria-fresh',
    name: 'ours, criteria, a list never seen',
    isOurs: true,
    prepare: ({ list }) => list.slice(),
    find: ({ criteria }, scene, list) => filterSocketsByUser(list, criteria),
  },
  {
    key: 'criteria-given',
    name: 'ours, criteria, a list that a filter gave',
    isOurs: true,
    prepare: ({ io, everybody }) => filterSocketsByUser(io, everybody),
    find: ({ criteria }, scene, list) => filterSocketsByUser(list, criteria),
  },
  {
    key: 'criteria-same',
    name: 'ours, criteria, the same list again',
    isOurs: true,
    find: ({ criteria }, { list }) => filterSocketsByUser(list, criteria),
  },
  {
    key: 'predicate-list',
    name: 'ours, predicate, a list',
    isOurs: true,
    find: ({ test }, { list }) => filterSocketsByUser(list, test),
  },
  {
    key: 'predicate-io',
    name: 'ours, predicate, io',
    loop: 'loop-map',
    isOurs: true,
    find: ({ test }, { io }) => filterSocketsByUser(io, test),
  },
];

function loopOverArray(sockets, test) {
  const found = [];
  for (let i = 0; i < sockets.length; i++) {
    const socket = sockets[i];
    if (test(socket.request.user)) found.push(socket);
  }
  return found;
}

function loopOverMap(sockets, test) {
  const found = [];
  for (const socket of sockets.values()) {
    if (test(socket.request.user)) found.push(socket);
  }
  return found;
}

module.exports = { contenders };
