'use strict';

const path = require('node:path');
const { openFloor, openNoAuth } = require('./floor');
const { openOriginal } = require('./original');
const { openDerived, openStore, openTwo, openWithRedis } = require('./ours');
const { openIoredis, openNodeRedis, openPlain } = require('./plain');
const { openRecipe } = require('./recipe');
const { openSharedSession } = require('./shared-session');
const { ioredisStore, nodeRedisStore } = require('./stores');
const { openToken } = require('./token');

/** This checkout. */
const HERE = path.join(__dirname, '..', '..');

/**
 * The contenders. `role` is the use of their figures: those of `floor` are subtracted from the others, which are then
 * compared with those of `reference`; a storm is compared with `no-auth`; and `ours` has goals.
 *
 * @typedef {object} Contender
 * @property {string} key - for the command line
 * @property {string} name - in reports
 * @property {'no-auth' | 'floor' | 'reference' | 'peer' | 'ours'} role
 * @property {(where: import('./ours').Where) => Opened | Promise<Opened>} open
 * @property {boolean} [isToken] - it knows no sessions: a visitor brings a token, and one that was taken back counts
 * @property {boolean} [isAgain] - the same as one above, to show the noise
 * @property {boolean} [isOther] - of the other checkout (`--against`)
 * @property {boolean} [connects] - its sockets connect to a namespace, and leave it
 *
 * @typedef {object} Opened
 * @property {(socket: object, next: Function) => void} [middleware] - of Socket.IO
 * @property {Function[]} [engineMiddlewares] - of Engine.IO, instead
 * @property {(visit: () => Promise<void>) => unknown} [settle] - resolves when timing may begin; `visit` lets somebody in
 */

/** @type {Contender[]} */
const contenders = [
  { key: 'no-auth', name: 'no authorization', role: 'no-auth', open: openNoAuth },
  {
    key: 'no-auth-again',
    name: 'no authorization, again',
    role: 'no-auth',
    isAgain: true,
    open: openNoAuth,
  },
  { key: 'floor', name: 'Passport alone (the floor)', role: 'floor', open: openFloor },
  {
    key: 'original',
    name: 'passport.socketio, node-redis 6',
    role: 'reference',
    open: openOriginal((url) => nodeRedisStore(url)),
  },
  {
    key: 'original-again',
    name: 'passport.socketio, node-redis 6, again',
    role: 'peer',
    isAgain: true,
    open: openOriginal((url) => nodeRedisStore(url)),
  },
  {
    key: 'original-ioredis',
    name: 'passport.socketio, ioredis 6',
    role: 'peer',
    open: openOriginal(ioredisStore),
  },
  { key: 'recipe', name: "Socket.IO's recipe (engine.use)", role: 'peer', open: openRecipe },
  { key: 'shared', name: 'express-socket.io-session', role: 'peer', open: openSharedSession },
  {
    key: 'jwt',
    name: 'jsonwebtoken, secret a string',
    role: 'peer',
    isToken: true,
    open: openToken('string'),
  },
  {
    key: 'jwt-key',
    name: 'jsonwebtoken, secret a KeyObject',
    role: 'peer',
    isToken: true,
    open: openToken('KeyObject'),
  },
  { key: 'plain', name: 'best plain JavaScript, node-redis 6', role: 'peer', open: openPlain(openNodeRedis) },
  {
    key: 'plain-ioredis',
    name: 'best plain JavaScript, ioredis 6',
    role: 'peer',
    open: openPlain(openIoredis),
  },
  { key: 'ours', name: 'ours, option redis', role: 'ours', open: openWithRedis() },
  {
    key: 'ours-again',
    name: 'ours, option redis, again',
    role: 'ours',
    isAgain: true,
    open: openWithRedis(),
  },
  { key: 'ours-derived', name: 'ours, derived from the store', role: 'ours', open: openDerived },
  { key: 'ours-two', name: 'ours, two authorizers in turn', role: 'ours', open: openTwo },
  { key: 'ours-store', name: 'ours, store asked in JavaScript', role: 'ours', open: openStore },
  { key: 'other', name: 'other checkout, option redis', role: 'ours', isOther: true, open: openWithRedis() },
  {
    key: 'other-derived',
    name: 'other checkout, derived',
    role: 'ours',
    isOther: true,
    open: openDerived,
  },
];

/** For `bench:live`: with and without `onSessionEnd`. The same thing twice shows the noise. */
const liveContenders = [
  { key: 'empty-live', name: 'no authorization', role: 'no-auth', open: openNoAuth },
  { key: 'plain-live', name: 'without onSessionEnd', role: 'reference', open: openWithRedis() },
  { key: 'again-live', name: 'without onSessionEnd, again', role: 'ours', open: openWithRedis() },
  {
    key: 'live',
    name: 'with onSessionEnd',
    role: 'ours',
    open: openWithRedis({ onSessionEnd: 'disconnect' }),
  },
].map((contender) => ({ ...contender, connects: true }));

function contenderOf(key) {
  return [...contenders, ...liveContenders].find((one) => one.key === key);
}

module.exports = { HERE, contenderOf, contenders, liveContenders };
