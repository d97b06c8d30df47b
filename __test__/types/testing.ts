// passport-socketio-native/testing: an authorizer for tests, typed as the real one.

import { Server, type Socket } from 'socket.io';
import { authorize, filterSocketsByUser as nativeFilter } from 'passport-socketio-native';
import type { AuthorizeOptions, Authorizer } from 'passport-socketio-native';
import {
  AuthorizationError,
  authorizeAs,
  countSocketsByUser,
  filterSocketsByUser,
} from 'passport-socketio-native/testing';
import type { TestingAuthorizer, TestingOptions } from 'passport-socketio-native/testing';

interface Account {
  id: number;
  role: 'admin' | 'user';
}
const ann: Account = { id: 1, role: 'admin' };
declare const find: (request: unknown) => Promise<Account | undefined>;

const io = new Server();
const played = authorizeAs<Account>(ann, { index: ['role'], rooms: (user) => `user:${user.id}` });
const real: Authorizer<Account> = played;
io.use(played);
io.use(real);
new Server({ allowRequest: played });
played.protect(io, { except: '/public' });
same<Map<'admin' | 'user', number>>()(played.users('role'));

same<TestingAuthorizer<Account>>()(authorizeAs(ann));
same<TestingAuthorizer<Account>>()(authorizeAs<Account>(false));
same<TestingAuthorizer<Account>>()(authorizeAs<Account>(Promise.resolve(ann)));
same<TestingAuthorizer<Account>>()(authorizeAs<Account>(find));
same<TestingAuthorizer<Account>>()(authorizeAs<Account>((request) => request.headers.cookie && ann));
same<TestingAuthorizer<Account>>()(authorizeAs(() => ann));

// An app's options, as they are.
declare const options: AuthorizeOptions<Account>;
declare const own: TestingOptions<Account>;
authorizeAs<Account>(ann, options);
authorizeAs<Account>(ann, own);
authorize(options);

declare const socket: Socket;
played.end(socket);
same<void>()(played.end(socket, 'logged-out'));
const sockets: Socket[] = filterSocketsByUser(io, { role: 'admin' });
same<number>()(countSocketsByUser(sockets, (user: Account) => user.role === 'user'));
same<typeof nativeFilter>()(filterSocketsByUser);
export const isOurs = (error: unknown) => error instanceof AuthorizationError;

// @ts-expect-error no such reason
played.end(socket, 'gone');
// @ts-expect-error the socket may have left
played.end(io.sockets.sockets.get('id'));
// @ts-expect-error not an option's value
authorizeAs(ann, { onSessionEnd: 'close' });
// @ts-expect-error another user
authorizeAs<Account>({ id: '1' });
// @ts-expect-error the real one has no end
real.end(socket);

/** Compiles only if the types are the same. */
function same<Expected>() {
  return <Actual>(value: Exact<Expected, Actual> extends true ? Actual : never) => value;
}
type Exact<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
