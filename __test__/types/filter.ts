// filterSocketsByUser keeps the type of the sockets that it is given.

import { Server, type DefaultEventsMap, type Namespace, type RemoteSocket, type Socket } from 'socket.io';
import { authorize, countSocketsByUser, filterSocketsByUser } from 'passport-socketio-native';
import type { Guest, SocketOf } from 'passport-socketio-native';

interface Account {
  name: string;
}
interface Data {
  since: number;
}
interface Out {
  message(text: string): void;
}

const io = new Server<DefaultEventsMap, Out, DefaultEventsMap, Data>();
type Chat = Socket<DefaultEventsMap, Out, DefaultEventsMap, Data>;
declare const chats: Iterable<Chat>;
const isAda = (user: Account) => user.name === 'ada';

same<Chat[]>()(filterSocketsByUser(io, isAda));
same<Chat[]>()(filterSocketsByUser(io.sockets, isAda));
same<Chat[]>()(filterSocketsByUser(io.of('/chat'), isAda));
same<Chat[]>()(filterSocketsByUser(io.of(/^\/room-\d+$/), isAda));
same<Chat[]>()(filterSocketsByUser(io.of('/').sockets, isAda));
same<Chat[]>()(filterSocketsByUser(io.of('/').sockets.values(), isAda));
same<Chat[]>()(filterSocketsByUser([...chats], isAda));
same<Chat[]>()(filterSocketsByUser([...chats] as const, isAda));
same<Chat[]>()(filterSocketsByUser(new Set(chats), isAda));
same<Chat[]>()(filterSocketsByUser(chats, isAda));
same<Socket[]>()(filterSocketsByUser(new Server(), isAda));
filterSocketsByUser(io, isAda).forEach((socket) => socket.emit('message', String(socket.data.since)));

declare const mixed: Server | Namespace;
same<Socket[]>()(filterSocketsByUser(mixed, isAda));

// By criteria, and by number.
same<Chat[]>()(filterSocketsByUser(io, { id: 42 }));
same<Chat[]>()(
  filterSocketsByUser([...chats], { role: ['admin', 'mod'], active: true, 'team.id': 7n, left: null }),
);
same<number>()(countSocketsByUser(io, { role: 'admin' }));
same<number>()(countSocketsByUser([...chats], isAda));
same<Map<string | number | boolean | bigint | null, number>>()(
  authorize({ redis: 'redis://localhost', index: ['role'], rooms: (user) => [`user:${user.id}`] }).users(
    'role',
  ),
);
authorize<Account>({ redis: 'redis://localhost', rooms: (user) => user.name }).reindex(new Server());

// Anew: the user, or nobody; without an argument, nothing.
async function anew(socket: Chat) {
  const accounts = authorize<Account>({ redis: 'redis://localhost' });
  same<Account | undefined>()(await accounts.recheck(socket));
  same<void>()(await accounts.recheck());
}
console.log(anew);

// Of all nodes, and mixed.
async function ofAllNodes() {
  const sockets = await io.fetchSockets();
  same<RemoteSocket<Out, Data>[]>()(filterSocketsByUser(sockets, isAda));
  same<RemoteSocket<Out, Data>[]>()(filterSocketsByUser(sockets, { 'team.id': 7 }));
  same<(Chat | RemoteSocket<Out, Data>)[]>()(filterSocketsByUser([...sockets, ...chats], isAda));
  same<number>()(countSocketsByUser(sockets, { 'team.id': 7 }));
  filterSocketsByUser(sockets, isAda).forEach((socket) => socket.disconnect(true));
}
authorize<Account>({ redis: 'redis://localhost', share: ['name', 'team.id'] as const });

// The user by type argument; the predicate without a type; guests.
const byArgument: Chat[] = filterSocketsByUser<Account>(io, (user) => user.name === 'ada');
same<Chat[]>()(filterSocketsByUser<Account, typeof io>(io, (user) => user.name === 'ada'));
same<Chat[]>()(filterSocketsByUser(io, (user) => user.anything));
same<Chat[]>()(filterSocketsByUser(io, (user: Guest | (Account & { logged_in: true })) => !user.logged_in));
same<Chat[]>()(filterSocketsByUser(io, () => true));
console.log(byArgument, ofAllNodes);

// Whatever has the shape of an old Socket.IO: a Server and a Namespace of 0.9 to 2, with ids, or an array in 1.
interface OldSocket {
  id: string;
}
interface OldNamespace {
  sockets: { [id: string]: OldSocket };
  connected: { [id: string]: OldSocket };
}
declare const oldIo: { sockets: OldNamespace };
same<OldSocket[]>()(filterSocketsByUser(oldIo, isAda));
same<OldSocket[]>()(filterSocketsByUser(oldIo.sockets, isAda));
same<OldSocket[]>()(filterSocketsByUser({ connected: oldIo.sockets.connected }, isAda));
same<OldSocket[]>()(filterSocketsByUser({ sockets: { sockets: [{ id: 'a' }] } }, isAda));
same<{ conn: number }[]>()(filterSocketsByUser({ sockets: { connected: { a: { conn: 1 } } } }, isAda));
declare const untyped: any;
same<any[]>()(filterSocketsByUser(untyped, isAda));
declare const objects: object[];
same<any[]>()(filterSocketsByUser(objects, isAda));
same<any[]>()({} as ReturnType<typeof filterSocketsByUser>);
same<Chat>()({} as SocketOf<typeof io>);

/** Compiles only when both types are the same, and neither is `any` alone. */
function same<Expected>() {
  return <Actual>(actual: Same<Actual, Expected> extends true ? Actual : never): Actual => actual;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
