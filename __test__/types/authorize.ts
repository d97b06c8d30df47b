// What the typings of passport.socketio refused, and what is new.

import cookieParser from 'cookie-parser';
import { RedisStore } from 'connect-redis';
import { createSecretKey } from 'node:crypto';
import { subscribe, tracingChannel } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import passport from 'passport';
import { createClient } from 'redis';
import { Server, type Socket } from 'socket.io';
import { AuthorizationError, authorize } from 'passport-socketio-native';
import type {
  Accept,
  AuthorizeTrace,
  AuthorizedMessage,
  Authenticated,
  AuthorizedRequest,
  Authorizer,
  BackendMessage,
  BackendState,
  FailureCode,
  ProtectOptions,
  RedisSettings,
  RefusedMessage,
  RequestToAuthenticate,
  SessionEndMessage,
  SessionEndReason,
  Stats,
  WatchStats,
} from 'passport-socketio-native';

const store = new RedisStore({ client: createClient() });

// Options.
authorize({ store, cookieParser, secret: ['new', 'old'], userProperty: 'account' });
authorize({ store, passport: new passport.Passport(), secret: Buffer.from('keyboard cat') });
const secrets: readonly (string | Uint8Array)[] = ['new', new Uint8Array(8)];
authorize({ store, passport, secret: secrets });
authorize({ store, passport, secret: [createSecretKey('new', 'utf8'), 'old'] });
authorize({
  redis: 'rediss://user:password@localhost:6380/1',
  prefix: 'sess:',
  timeout: 250,
  maxPending: 100,
});
authorize({ redis: 'unix:///run/redis.sock', store, sessionIdInQuery: 'signed' });
authorize({ store, redis: process.env.REDIS_URL });
authorize({ redis: ['redis://:password@a:7000', 'redis://:password@b:7000'] });
authorize({ redis: { url: 'redis://localhost', keyPrefix: 'app:', clientName: 'sockets' } });
authorize({ redis: { host: '::1', port: 6380, username: 'u', password: 'p', db: 2, tls: true } });
authorize({ redis: { path: '/run/redis.sock', db: 1 } });
authorize({
  redis: { nodes: ['redis://a:7000', { host: 'b', port: 7000 }], tls: { ca: [Buffer.from(''), ''] } },
});
const sentinels: RedisSettings = {
  sentinel: { name: 'sessions', nodes: [{ host: 'a' }, 'redis://b:26379'], password: 's', tls: true },
  password: 'p',
  db: 3,
  tls: { cert: '', key: '', servername: 'redis.internal', rejectUnauthorized: false },
};
authorize({ redis: sentinels });
authorize({ store, client: createClient() });
authorize({ store, client: new Redis() });
authorize({
  store: {
    get: (sid: string, callback: (err: unknown, session?: object) => void) => callback(null, { sid }),
  },
});
authorize({ store: { get: async () => undefined }, sessionIdInQuery: false });
authorize({
  redis: 'redis://localhost',
  cookieParser: () => (req, _res, next) => {
    req.cookies = {};
    next();
  },
});
authorize({
  redis: 'redis://localhost',
  store: undefined,
  key: undefined,
  secret: undefined,
  prefix: undefined,
  timeout: undefined,
  maxPending: undefined,
  sessionIdInQuery: undefined,
  passport: undefined,
  cookieParser: undefined,
  userProperty: undefined,
  onSessionEnd: undefined,
  recheckEvery: undefined,
  success: undefined,
  fail: undefined,
});

// Whatever the events and the data of the sockets are, and for Engine.IO.
interface Events {
  message(text: string): void;
}
interface Data {
  since: number;
}
const authorizer: Authorizer = authorize({ store });
const io = new Server<Events, Events, Events, Data>(createServer(), { allowRequest: authorizer });
io.use(authorizer);
io.of('/chat').use(authorizer);
new Server().of(/^\/room-\d+$/).use(authorizer);
authorizer.protect(io);
authorizer.protect(new Server(), { except: ['/admin', /^\/public-/, (name: string) => name === '/open'] });
authorizer.protect(io, { except: '/admin' });
const protection: ProtectOptions = { except: null };
authorizer.protect(io, protection);
declare const socket: Socket;
authorizer(socket, (error?: Error) => console.log(error));
authorizer(
  { headers: { cookie: 'connect.sid=1' } },
  (_error: string | null | undefined, accepted: boolean) => accepted,
);

// The callbacks, typed by the user.
interface Account {
  id: number;
  name: string;
}
authorize<Account>({
  store,
  success(data, accept) {
    const account: Account = data.user;
    const loggedIn: true = data.user.logged_in;
    const parts: [string, boolean | undefined] = [data.sessionID, data.socketio_version_1];
    console.log(
      account.name.length,
      loggedIn,
      parts,
      data.headers.cookie,
      data.cookie['connect.sid'],
      this.key,
    );
    accept();
  },
  async fail(data, message, critical, accept, { code, hint, cause }) {
    if (data.user.logged_in) console.log(data.user.name);
    const failure: FailureCode = code;
    accept(critical ? Object.assign(new Error(String(message)), { failure, hint, cause }) : null, false);
  },
});
authorize({
  store,
  fail: (_data, message, _critical, accept) =>
    accept(message instanceof Error ? message : new Error(message)),
});
authorize<Account>({ store, success: accepted });
authorize({ store, success: accepted, fail: (data) => data.anything });
authorize<Account>({ store, userProperty: 'account', success: (data) => data.account.name });
authorize<Express.User>({ store, success: (data, accept) => accept(null, takesUser(data.user)) });

function accepted(data: AuthorizedRequest<Account>, accept: Accept): void {
  accept(null, data.user.id > 0);
}

function takesUser(user: Express.User): boolean {
  return Boolean(user);
}

// The authorizer's own members.
if (authorizer.backend.kind === 'redis') console.log(authorizer.backend.address.length);
console.log(authorizer.backend.reason.length);
const state: BackendState = authorizer.backend.state;
const lastError: string | null = authorizer.backend.lastError;
const ready: Promise<void>[] = [
  authorizer.ready(),
  authorizer.ready({}),
  authorizer.ready({ retryFor: 30_000 }),
];
const onChange = ({ backend, state, cause }: BackendMessage): string =>
  `${backend.kind === 'redis' ? backend.address : backend.reason} ${state} ${cause?.length}`;
console.log(state, lastError, ready, onChange);
const stats: Stats = authorizer.stats();
const counters: number[] = [stats.authorized, stats.refused, stats.pending, stats.reconnects];
const latency: number[] = [stats.latency.p50, stats.latency.p90, stats.latency.p99, stats.latency.max];
const forged: number = stats.failures.BAD_SIGNATURE ?? 0;
const each: [string, number][] = Object.entries(stats.failures);
console.log(counters, latency, stats.latency.count, forged, each);
const watch: WatchStats | null = stats.watch;
const ended: number = watch?.ended['user-changed'] ?? 0;
console.log(watch?.tier === 'poll', watch?.sessions, watch?.sockets, ended);
authorizer.close();

// Connections without Socket.IO.
async function authenticateAll(): Promise<void> {
  createServer(async (request) => {
    const { user, sessionID } = await authorize<Account>({ store }).authenticate(request);
    const seen: [number, string] = [user.id, sessionID];
    const stop: () => void = authorizer.watch(request, (reason) => reason satisfies SessionEndReason);
    stop();
    return seen;
  });
  const headers: Record<string, string> = { cookie: 'connect.sid=1' };
  const request: RequestToAuthenticate = { headers, url: '/' };
  const given: Authenticated = await authorizer.authenticate(request);
  console.log(given.user.anything);
  // @ts-expect-error The Fetch API has other headers.
  await authorizer.authenticate(new Request('http://localhost'));
}
console.log(authenticateAll);

// Live sessions.
authorize({ store, onSessionEnd: 'disconnect', recheckEvery: 1000 });
authorize({ store, onSessionEnd: (socket: Socket, reason) => socket.emit('bye', reason satisfies string) });
authorize({
  store,
  async onSessionEnd(socket, reason: SessionEndReason) {
    if (reason !== 'expired') await socket.disconnect(true);
  },
});

function explain(error: unknown): string {
  if (!(error instanceof AuthorizationError)) return 'unknown';
  const { data, cause } = error;
  const handled: { [code in FailureCode]: string } = {
    CORS_NO_SESSION: 'credentials',
    NO_COOKIE: 'log in',
    COOKIE_NOT_SIGNED: 'log in',
    BAD_SIGNATURE: 'log in',
    SESSION_NOT_FOUND: 'log in',
    STORE_ERROR: 'later',
    STORE_TIMEOUT: 'later',
    OVERLOADED: 'later',
    BAD_SESSION: 'operator',
    PASSPORT_NOT_INITIALIZED: 'log in',
    NOT_LOGGED_IN: 'log in',
    DESERIALIZE_ERROR: 'later',
    CALLBACK_ERROR: 'operator',
    USER_NOT_FOUND: 'log in',
    REFUSED: 'not allowed',
    CLOSED: 'later',
    DESERIALIZE_TIMEOUT: 'later',
    TOO_MANY_ATTEMPTS: 'later',
    ORIGIN_NOT_ALLOWED: 'not allowed',
  };
  return handled[error.code] + (data?.code ?? '') + error.message + String(cause);
}
explain(new Error());

// Diagnostics channels.
interface Account {
  id: number;
}
subscribe('passport-socketio-native:authorized', (message) => {
  const { user, durationMs, backend, namespace } = message as AuthorizedMessage<Account>;
  const seen: [number, number, string, string | undefined] = [user.id, durationMs, backend.kind, namespace];
  return seen;
});
subscribe('passport-socketio-native:refused', (message) => {
  const { code, hint, cause, user } = message as RefusedMessage<Account>;
  const seen: [FailureCode, string, unknown, number | undefined] = [code, hint, cause, user?.id];
  return seen;
});
subscribe('passport-socketio-native:session-end', (message) => {
  const { reason, socket, user } = message as SessionEndMessage<Account>;
  const seen: [SessionEndReason, Socket, number | undefined] = [reason, socket, user?.id];
  return seen;
});
subscribe('passport-socketio-native:backend', (message) => {
  const { backend, state, cause } = message as BackendMessage;
  const seen: ['store' | 'redis', 'connecting' | 'up' | 'down', unknown] = [backend.kind, state, cause];
  return seen;
});
tracingChannel<unknown, AuthorizeTrace<Account>>('passport-socketio-native:authorize').subscribe({
  start(message) {
    message.span = 'of the app';
  },
  asyncStart({ user, code, durationMs }) {
    const seen: [number | undefined, FailureCode | undefined, number | undefined] = [
      user?.id,
      code,
      durationMs,
    ];
    return seen;
  },
  error({ error }) {
    return error instanceof AuthorizationError && error.code;
  },
  end() {},
  asyncEnd() {},
});
