// The authorizer knows its users; the secret is what express-session takes; the socket is what is in the last overload.

import { createSecretKey, type CipherKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { SessionOptions } from 'express-session';
import { RedisStore } from 'connect-redis';
import { createClient } from 'redis';
import { Server, type DefaultEventsMap, type Socket } from 'socket.io';
import { authorize, filterSocketsByUser } from 'passport-socketio-native';
import type {
  AuthorizeOptions,
  AuthorizedRequest,
  Authorizer,
  Indexable,
  PassportSocketIoOptions,
  Secret,
} from 'passport-socketio-native';

const store = new RedisStore({ client: createClient() });

// The secret, as it is written for express-session: of that option's own type, of the environment, of crypto.
declare const sessionOptions: SessionOptions;
declare const cipherKey: CipherKey;
declare const cipherKeys: CipherKey[];
declare const maybe: SessionOptions['secret'] | undefined;
authorize({ store, secret: sessionOptions.secret });
authorize({ store, secret: maybe });
authorize({ store, secret: cipherKey });
authorize({ store, secret: cipherKeys });
authorize({ store, secret: process.env.SESSION_SECRET });
authorize({ store, secret: undefined });
authorize({ store, secret: [createSecretKey('new', 'utf8'), 'old', new DataView(new ArrayBuffer(8))] });
const secret: Secret = cipherKey;
const options: PassportSocketIoOptions = { store, secret: sessionOptions.secret };
const sessionSecret: SessionOptions['secret'] = secret;
console.log(sessionSecret);
// @ts-expect-error each secret of several has to be there
authorize({ store, secret: ['new', process.env.OLD_SECRET] });

// The parameters of an authorizer are those of a middleware.
type Middleware = ReturnType<typeof authorize>;
type Taken = Parameters<Middleware>[0];
type Next = Parameters<Middleware>[1];
declare const socket: Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { since: number }>;
const taken: Taken = socket;
const next: Next = (error?: Error) => console.log(error);
console.log(taken.request);
// @ts-expect-error handshake data is no socket
const notTaken: Taken = { headers: {} };
const io = new Server();
const timed =
  (middleware: Middleware) =>
  (each: Taken, done: Next): void =>
    middleware(each, done);
io.use(timed(authorize({ store })));
timed(authorize(options))(socket, next);
console.log(notTaken);

// The authorizer's users.
interface Account {
  id: number;
  name: string;
  role?: 'admin' | 'mod' | undefined;
  since: Date;
  anything: unknown;
  untyped: any;
  ids: bigint | Date | null;
  team?: { id: number; lead: { active: boolean } | null };
}
const accounts: Authorizer<Account> = authorize<Account>({ store, index: ['id', 'team.id'] });
same<Authorizer<Account>>()(authorize<Account>({ store }));
same<Authorizer>()(authorize({ store }));
same<Authorizer<Express.User>>()(authorize<Express.User>({ store }));
same<Authorizer<any>>()({} as Authorizer);
same<Map<number, number>>()(accounts.users('id'));
same<Map<'admin' | 'mod', number>>()(accounts.users('role'));
same<Map<number, number>>()(accounts.users('team.id'));
same<Map<boolean, number>>()(accounts.users('team.lead.active'));
same<Map<bigint | null, number>>()(accounts.users('ids'));
// Nothing of these can be in the index, or the type does not tell.
same<Map<Indexable, number>>()(accounts.users('since'));
same<Map<Indexable, number>>()(accounts.users('anything'));
same<Map<Indexable, number>>()(accounts.users('untyped'));
same<Map<Indexable, number>>()(accounts.users('team'));
same<Map<Indexable, number>>()(accounts.users('no'));
same<Map<Indexable, number>>()(accounts.users('team.no'));
same<Map<Indexable, number>>()(accounts.users('no.such.path'));
declare const anyProperty: string;
same<Map<Indexable, number>>()(accounts.users(anyProperty));
same<Map<Indexable, number>>()(authorize({ store }).users('id'));
// @ts-expect-error a number, as in Account
const names: Map<string, number> = accounts.users('id');
console.log(names);

// What the users are is no hindrance to whoever does not care, or has them from elsewhere.
const anybody: Authorizer = accounts;
const again: Authorizer<Account> = anybody;
const returned: Middleware = accounts;
const whoever: Authorizer<unknown> = accounts;
const numbered: Authorizer<{ id: number }> = accounts;
const readers: Authorizer<any>[] = [accounts, authorize<Express.User>({ store }), again, returned];
const inferred: Authorizer<Account> = authorize({ store, rooms: (user) => `user:${user.id}` });
const declared: Authorizer<Account> = authorize({ store, success: (data) => data.user.name.length });
const ofAnnotation = authorize({ store, rooms: (user: Account) => user.name });
same<Authorizer<Account>>()(ofAnnotation);
io.use(accounts);
new Server({ allowRequest: accounts }).of('/chat').use(inferred);
console.log(readers, declared, whoever, numbered);

declare const settings: AuthorizeOptions<Account>;
same<Authorizer<Account>>()(authorize(settings));

// The request of a callback goes where one of Node goes.
authorize<Account>({ store, success: (data, accept) => accept(null, isLocal(data)) });
function isLocal(request: IncomingMessage): boolean {
  return request.socket.remoteAddress === '127.0.0.1';
}
declare const authorized: AuthorizedRequest<Account>;
const request: IncomingMessage = authorized;
console.log(request.on('close', () => {}).headers);

// A predicate whose parameter is annotated types both; a type argument that is written out does not.
const server = new Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { since: number }>();
same<(typeof socket)[]>()(filterSocketsByUser(server, (user: Account) => user.id === 1));
same<(typeof socket)[]>()(filterSocketsByUser(server, ({ id }: Account) => id === 1));
same<(typeof socket)[]>()(filterSocketsByUser(server, (user: Account | Express.User) => 'id' in user));
same<any[]>()(filterSocketsByUser<Account>(server, (user) => user.id === 1));

/** Compiles only when both types are the same. */
function same<Expected>() {
  return <Actual>(actual: Same<Actual, Expected> extends true ? Actual : never): Actual => actual;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
