// What must not compile. Each line holds one mistake.

import { Server } from 'socket.io';
import { createClient } from 'redis';
import { RedisStore } from 'connect-redis';
import {
  AuthorizationError,
  authorize,
  countSocketsByUser,
  filterSocketsByUser,
} from 'passport-socketio-native';
import type { Backend, FailureCode } from 'passport-socketio-native';

declare const store: RedisStore;
declare const client: ReturnType<typeof createClient>;
declare const io: Server;

// @ts-expect-error options are required
authorize();
// @ts-expect-error the socket may have left
authorize({ store }).recheck(io.sockets.sockets.get('id'));
// @ts-expect-error neither store nor redis
authorize({});
// @ts-expect-error neither store nor redis
authorize({ key: 'connect.sid', secret: 'keyboard cat' });
// @ts-expect-error both undefined
authorize({ store: undefined, redis: undefined });
// @ts-expect-error the class, not an instance
authorize({ store: RedisStore });
// @ts-expect-error not a store
authorize({ store: {} });
// @ts-expect-error a client, not where Redis is
authorize({ redis: client });
// @ts-expect-error misspelt
authorize({ redis: { hostname: 'localhost' } });
// @ts-expect-error a URL has it all
authorize({ redis: { url: 'redis://localhost', nodes: ['redis://localhost'] } });
// @ts-expect-error nodes are a cluster, not Sentinels
authorize({ redis: { nodes: ['redis://a'], sentinel: { name: 'sessions', nodes: ['redis://a'] } } });
// @ts-expect-error a cluster has database 0 only
authorize({ redis: { nodes: ['redis://a'], db: 1 } });
// @ts-expect-error which master
authorize({ redis: { sentinel: { nodes: ['redis://a'] } } });
// @ts-expect-error a port is a number
authorize({ redis: { host: 'localhost', port: '6379' } });
// @ts-expect-error not supported
authorize({ redis: { host: 'localhost', tls: { pfx: 'x' } } });
// @ts-expect-error the client of which store?
authorize({ client });
// @ts-expect-error both say where the sessions are
authorize({ store, client, redis: 'redis://localhost' });
// @ts-expect-error a URL is no client
authorize({ store, client: 'redis://localhost' });
// @ts-expect-error misspelt
authorize({ store, secrets: 'keyboard cat' });
// @ts-expect-error key is a name
authorize({ store, key: 1 });
// @ts-expect-error secret is a text
authorize({ store, secret: 1 });
// @ts-expect-error so is each one of several
authorize({ store, secret: ['new', 1] });
// @ts-expect-error cookie-parser reads null as no secret, express-session does not
authorize({ store, secret: null });
// @ts-expect-error prefix is a text
authorize({ store, prefix: false });
// @ts-expect-error timeout is in milliseconds
authorize({ store, timeout: '5s' });
// @ts-expect-error maxPending is a count
authorize({ store, maxPending: '10000' });
// @ts-expect-error neither a boolean nor 'signed'
authorize({ store, sessionIdInQuery: 'unsigned' });
// @ts-expect-error not a Passport
authorize({ store, passport: {} });
// @ts-expect-error not a function
authorize({ store, cookieParser: 'cookie-parser' });
// @ts-expect-error userProperty is a name
authorize({ store, userProperty: true });
// @ts-expect-error success is a function
authorize({ store, success: true });
// @ts-expect-error fail is a function
authorize({ store, fail: 'refuse' });
// @ts-expect-error success gets two arguments
authorize({ store, success: (_data, _accept, _info) => {} });
// @ts-expect-error fail gets five arguments
authorize({ store, fail: (_a, _b, _c, _d, _e, _f) => {} });
// @ts-expect-error critical is a boolean
authorize({ store, fail: (_data, _message, critical: string) => critical });
// @ts-expect-error accept takes whether as a boolean
authorize({ store, success: (_data, accept) => accept(null, 'yes') });
// @ts-expect-error no such code
authorize({ store, fail: (_a, _b, _c, _d, info) => info.code === 'NO_COKIE' });
// @ts-expect-error no such property of the user
authorize<{ id: number }>({ store, success: (data) => data.user.name });
// @ts-expect-error there may be no user
authorize<{ id: number }>({ store, fail: (data) => data.user.id });
// @ts-expect-error info is not for changing
authorize({ store, fail: (_a, _b, _c, _d, info) => (info.code = 'CLOSED') });

const authorizer = authorize({ store });
// @ts-expect-error an authorizer is no middleware of a socket's packets
io.on('connection', (socket) => socket.use(authorizer));
// @ts-expect-error not a socket and not handshake data
authorizer({}, () => {});
// @ts-expect-error next is required
authorizer({ request: {} });
// @ts-expect-error readonly
authorizer.backend = { kind: 'store', reason: '', state: 'up', lastError: null };
// @ts-expect-error a store has no address that we know
const backend: Backend = { kind: 'store', address: '', reason: '', state: 'up', lastError: null };
// @ts-expect-error no such state
const isReady = authorizer.backend.state === 'ready';
// @ts-expect-error milliseconds
authorizer.ready({ retryFor: '30s' });
// @ts-expect-error an object
authorizer.ready(30_000);
// @ts-expect-error a code that never occurred is absent
const failures: number = authorizer.stats().failures.NO_COOKIE;
// @ts-expect-error a snapshot is not for changing
authorizer.stats().refused = 0;
// @ts-expect-error close takes nothing
authorizer.close(true);
// @ts-expect-error no such code
const code: FailureCode = 'NO_SESSION';
// @ts-expect-error made by the authorizer only
new AuthorizationError('No session found');

// @ts-expect-error the predicate is required
filterSocketsByUser(io);
// @ts-expect-error a value that nothing equals
filterSocketsByUser(io, { born: new Date() });
// @ts-expect-error a value is missing
filterSocketsByUser(io, { role: undefined });
// @ts-expect-error a count is no list
countSocketsByUser(io, { role: 'admin' }).forEach(() => {});
// @ts-expect-error index names several properties
authorize({ store, index: 'role' });
// @ts-expect-error a namespace is no server
authorize({ store }).protect(io.of('/chat'));
// @ts-expect-error misspelt
authorize({ store }).protect(io, { exept: ['/admin'] });
// @ts-expect-error the promise would except everything
authorize({ store }).protect(io, { except: async (name) => name === '/admin' });
// @ts-expect-error share names several properties
authorize({ store, share: 'id' });
// @ts-expect-error no such word
authorize({ store, onSessionEnd: 'close' });
// @ts-expect-error no such reason
authorize({ store, onSessionEnd: (socket, reason) => reason === 'banned' });
// @ts-expect-error milliseconds
authorize({ store, recheckEvery: '30s' });
// @ts-expect-error rooms is a function
authorize({ store, rooms: ['everybody'] });
// @ts-expect-error a room has a name
authorize<{ id: number }>({ store, rooms: (user) => [user.id] });
// @ts-expect-error no such property of the user
authorize<{ id: number }>({ store, rooms: (user) => `user:${user.name}` });
// @ts-expect-error the promise would match everyone
filterSocketsByUser(io, async (user) => user.admin);
// @ts-expect-error no such property of the user
filterSocketsByUser<{ id: number }>(io, (user) => user.name === 'ada');
// @ts-expect-error no sockets in it
filterSocketsByUser({}, () => true);
// @ts-expect-error a name of a namespace is not a namespace
filterSocketsByUser('/chat', () => true);
// @ts-expect-error ids are no sockets
filterSocketsByUser(['id'], () => true);
// @ts-expect-error neither are those of a room
filterSocketsByUser(io.sockets.adapter.rooms.get('room') ?? [], () => true);
// @ts-expect-error to be awaited
filterSocketsByUser(io.fetchSockets(), () => true);
// @ts-expect-error there may be no server yet
filterSocketsByUser(undefined, () => true);
// @ts-expect-error sockets have no such method
filterSocketsByUser(io, () => true).forEach((socket) => socket.shout());

console.log(backend, failures, code);
