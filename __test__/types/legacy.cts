// Written against @types/passport.socketio 3.7.10: must compile as it is.

import cookieParser = require('cookie-parser');
import express = require('express');
import session = require('express-session');
import http = require('http');
import passport = require('passport');
import passportSocketIo = require('passport-socketio-native');
import type { PassportSocketIoOptions } from 'passport-socketio-native';
import { Server, type Socket } from 'socket.io';

const io = new Server(http.createServer(express()));
const sessionStore: session.Store = new session.MemoryStore();

// The sample of its readme.
io.use(
  passportSocketIo.authorize({
    // As its type demanded: a cast to what cookie-parser is not.
    cookieParser: cookieParser as unknown as express.RequestHandler,
    key: 'express.sid',
    secret: 'session_secret',
    store: sessionStore,
    success: onAuthorizeSuccess,
    fail: onAuthorizeFail,
  }),
);

function onAuthorizeSuccess(data: any, accept: (err?: any, accepted?: boolean) => void) {
  console.log('successful connection to socket.io', data.user.name);
  accept(null, true);
  accept();
}

function onAuthorizeFail(
  data: any,
  message: string,
  critical: boolean,
  accept: (err?: any, accepted?: boolean) => void,
): void {
  if (critical) throw new Error(message);
  console.log('failed connection to socket.io:', message, data.socketio_version_1);
  if (data.xdomain) accept(null, false);
  else accept(new Error(message));
}

const sockets: Socket[] = passportSocketIo.filterSocketsByUser(
  io,
  (user: any): boolean => user.gender === 'female',
);
sockets.forEach((socket) => socket.emit('message', 'hello, woman!'));
passportSocketIo
  .filterSocketsByUser(io, (user) => user.id === 1)
  .forEach((socket: Socket) => socket.disconnect(true).emit('bye'));

// Parameters without types, fewer of them, async, a ready parser, and narrower types of one's own.
passportSocketIo.authorize({
  store: sessionStore,
  cookieParser: cookieParser(),
  passport,
  success: async (data, accept) => {
    await data.anything.at.all;
    accept();
  },
  fail(data, message, critical, accept) {
    console.log(data.headers, message.length, critical, this.key, this.secret);
    return accept(null, !critical);
  },
});
passportSocketIo.authorize({ store: sessionStore, success() {}, fail: (data) => data.anything });
passportSocketIo.authorize({
  store: sessionStore,
  success: (data: express.Request, accept: (err: Error | null, accepted: boolean) => void) =>
    accept(null, data.isAuthenticated()),
  fail: (data: http.IncomingMessage, message: string, _critical: boolean, accept: (err?: Error) => void) =>
    accept(new Error(message + data.url)),
});
passportSocketIo.authorize({
  store: sessionStore,
  success: (data: { user: { id: number } }, accept: () => void) => data.user.id > 0 && accept(),
  fail: (data: { user: { name: string } }, message: string) => console.log(data.user.name, message),
});

// Every option was `| undefined`.
const options: PassportSocketIoOptions = {
  key: undefined,
  secret: undefined,
  store: sessionStore,
  cookieParser: undefined,
  passport: undefined,
  success: undefined,
  fail: undefined,
};
options.success?.({ any: 'thing' }, () => {});
options.fail?.({ any: 'thing' }, 'message', true, () => {}, { code: 'NO_COOKIE' });

interface ExtendedOptions extends PassportSocketIoOptions {
  more: number;
}
const extended: ExtendedOptions = { store: sessionStore, more: 1 };

const middleware: (socket: Socket, fn: (err?: any) => void) => void = passportSocketIo.authorize(options);
io.use((socket, next) => middleware(socket, next));
io.of('/chat').use((socket, next) => passportSocketIo.authorize(extended)(socket, next));

// What was told from the types of the functions themselves.
type Authorizing = ReturnType<typeof passportSocketIo.authorize>;
type Filtered = ReturnType<typeof passportSocketIo.filterSocketsByUser>;
const wrap =
  (inner: Authorizing) =>
  (socket: Parameters<Authorizing>[0], next: Parameters<Authorizing>[1]): void =>
    inner(socket, next);
io.use(wrap(passportSocketIo.authorize(extended)));
function configure(given: Parameters<typeof passportSocketIo.authorize>[0]): Authorizing {
  return passportSocketIo.authorize({ ...given, key: 'express.sid' });
}
const all: Filtered = passportSocketIo.filterSocketsByUser(io, () => true);
const first: Socket | undefined = all[0];
console.log(configure(options), first);

// The secret of express-session, and of the environment.
declare const sessionOptions: session.SessionOptions;
passportSocketIo.authorize({ store: sessionStore, secret: sessionOptions.secret });
passportSocketIo.authorize({ store: sessionStore, secret: process.env.SESSION_SECRET });

class CustomStore extends session.Store {
  get(_sid: string, callback: (err: any, session?: session.SessionData | null) => void): void {
    callback(null, null);
  }
  set(): void {}
  destroy(): void {}
}
passportSocketIo.authorize({ store: new CustomStore() });
