// An app with a user type of its own, and none of Passport's or Express's typings in the program.

import { Server } from 'socket.io';
import { authorize, filterSocketsByUser } from 'passport-socketio-native';
import type { SessionStore } from 'passport-socketio-native';
import './declare';
import type { Account } from './declare';

declare const store: SessionStore;
const io = new Server();
authorize<Account>({ store }).protect(io);

io.on('connection', ({ request }) => {
  const name: string | undefined = request.user?.name;
  // @ts-expect-error a socket of a namespace that is not guarded has no user
  console.log(name, request.user.name);
});
filterSocketsByUser(io, (user: Account) => user.role === 'admin').forEach((socket) => {
  console.log(socket.request.user?.role satisfies 'admin' | 'member' | undefined);
});

// @ts-expect-error this program knows no Express
export type Other = Express.User;
