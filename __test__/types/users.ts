// An app whose user is an interface of its own, typed once: what docs/typescript.md shows.

import { createServer } from 'node:http';
import { Server, type DefaultEventsMap, type Socket } from 'socket.io';
import { AuthorizationError, authorize, filterSocketsByUser } from 'passport-socketio-native';
import { authorizeAs } from 'passport-socketio-native/testing';
import type { TestingAuthorizer } from 'passport-socketio-native/testing';
import type {
  Authenticated,
  AuthorizedRequest,
  SessionEndReason,
  SessionStore,
} from 'passport-socketio-native';

declare const sessionStore: SessionStore;
const server = createServer();

// By a function of the app.
interface Account {
  id: number;
  name: string;
  role: 'admin' | 'member';
}

const userOf = (socket: Socket): Account => (socket.request as AuthorizedRequest<Account>).user;

// By socket.data.
interface ServerToClient {
  welcome(name: string): void;
  said(text: string): void;
}
interface ClientToServer {
  say(text: string): void;
}
interface SocketData {
  // What the option share names, under the name of the option userProperty.
  user: Pick<Account, 'id' | 'name'>;
}

const io = new Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>(server);
const authorizer = authorize<Account>({
  secret: 'keyboard cat',
  store: sessionStore,
  index: ['role'],
  share: ['id', 'name'],
});
authorizer.protect(io);

io.on('connection', (socket) => {
  const { id, name } = socket.data.user;
  socket.emit('welcome', name);
  socket.on('say', async (text) => {
    const everywhere = await io.fetchSockets();
    for (const own of filterSocketsByUser(everywhere, { id })) own.emit('said', text);
  });
});

// Members.
const online: Map<'admin' | 'member', number> = authorizer.users('role');

createServer(async (request, response) => {
  try {
    const { user } = await authorizer.authenticate(request);
    const stop = authorizer.watch(request, (reason) => response.end(reason));
    response.on('close', stop);
    response.write(`hello ${user.name}`);
  } catch (error) {
    if (!(error instanceof AuthorizationError)) throw error;
    response.statusCode = error.code === 'STORE_ERROR' ? 503 : 401;
    response.end(error.code);
  }
});

export async function refresh(socket: Socket): Promise<string> {
  const user = await authorizer.recheck(socket);
  return user ? `${user.name} is ${user.role}` : 'nobody is logged in any more';
}

// Tests.
const ann: Account = { id: 42, name: 'ann', role: 'admin' };

export const played: TestingAuthorizer<Account> = authorizeAs<Account>(ann, { index: ['role'] });
export const byHeader = authorizeAs<Account>(({ headers }) => headers.who === 'ann' && ann);

// What of all that the compiler has to know.
io.on('connection', (socket) => {
  // @ts-expect-error it is not shared
  console.log(socket.data.user.role);
});
same<Account>()(userOf({} as Socket));
same<Promise<Authenticated<Account>>>()(authorizer.authenticate({ headers: {} }));
same<TestingAuthorizer<Account>>()(byHeader);
console.log(online satisfies ReadonlyMap<string, number>);
authorizer.watch({}, (reason) => console.log(reason satisfies SessionEndReason));
// @ts-expect-error no such property of the user
authorize<Account>({ store: sessionStore, success: (data) => data.user.email });
// @ts-expect-error a guest has no name
authorize<Account>({ store: sessionStore, fail: (data) => data.user.name });
// @ts-expect-error no such reason
authorize<Account>({ store: sessionStore, onSessionEnd: (_socket: Socket, reason) => reason === 'left' });
// @ts-expect-error no such role
authorizer.users('role').get('guest');
// @ts-expect-error no such role
authorizeAs<Account>({ id: 1, name: 'ann', role: 'guest' });
// @ts-expect-error a predicate of other users
authorize<Account>({ store: sessionStore, rooms: (user: { email: string }) => user.email });

/** Compiles only if the types are the same. */
function same<Expected>() {
  return <Actual>(actual: Same<Actual, Expected> extends true ? Actual : never): Actual => actual;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
