// An app that augments `IncomingMessage`, `Express.User` and `PassportSocketIoOptions`.

import type { IncomingMessage } from 'node:http';
import { RedisStore } from 'connect-redis';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { authorize, filterSocketsByUser } from 'passport-socketio-native';
import type {
  AuthorizeOptions,
  AuthorizedRequest,
  PassportSocketIoOptions,
  RefusedRequest,
} from 'passport-socketio-native';

const client = createClient();
const store = new RedisStore({ client });
const io = new Server();

io.use(
  authorize<Express.User>({
    store,
    success(data, accept) {
      const user: Express.User & { logged_in: true } = data.user;
      const texts: string[] = [data.sessionID, String(user.role), String(data.url)];
      const cookie: string = data.cookie['connect.sid'];
      console.log(texts, cookie, this.tenant);
      log(data);
      accept();
    },
    fail(data, message, _critical, accept) {
      accept(data.user.logged_in ? new Error(data.user.role) : message);
    },
  }),
);
io.on('connection', ({ request }) => console.log(request.user?.role));
filterSocketsByUser(io, (user: Express.User) => user.role === 'admin').forEach((socket) => {
  console.log(socket.request.user?.id, socket.emit('hello'));
});

/** Where a request of any kind is taken, one of ours is. */
function log(request: Pick<IncomingMessage, 'user' | 'url' | 'headers' | 'socket'>): void {
  console.log(request.user?.id, request.url, request.headers.cookie, request.socket.remoteAddress);
}

/** No user of the app's: neither does the request have one. */
function isOther(data: AuthorizedRequest<{ name: string }>): boolean {
  return data.user.name === 'ada' && data.user.logged_in;
}
declare const refused: RefusedRequest<{ name: string }>;
const name: string | undefined = refused.user.logged_in ? refused.user.name : undefined;
console.log(isOther, name);

// What the app has added is an option wherever options are.
const options: PassportSocketIoOptions = { store, tenant: 'a', retries: 2, userProperty: 'user' };
authorize(options);
authorize({ ...options, key: 'sid' });
authorize<Express.User>(options);
authorize({ store, tenant: 'a', retries: undefined });
authorize({ store, client, tenant: 'a' });
authorize({ redis: 'redis://localhost', tenant: 'a' });
authorize<Express.User>({ store, tenant: 'a', rooms: (user) => `${user.role}s` });
const all: AuthorizeOptions<Express.User> = { store, tenant: 'a', userProperty: 'user' };
authorize(all);

// @ts-expect-error the app says that it is a text
authorize({ store, tenant: 1 });
// @ts-expect-error misspelt
authorize({ store, tennant: 'a' });
// @ts-expect-error no such property of the user
authorize<Express.User>({ store, tenant: 'a', success: (data) => data.user.name });
// @ts-expect-error neither store nor redis
authorize({ tenant: 'a' });
