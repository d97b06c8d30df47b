// What apps add to the typings of others. The whole suite is checked beside it once more.

import 'passport-socketio-native';

declare global {
  namespace Express {
    interface User {
      id: number;
      role?: 'admin' | 'mod' | undefined;
    }
  }
}

declare module 'http' {
  interface IncomingMessage {
    user?: Express.User | undefined;
  }
}

declare module 'http' {
  interface IncomingMessage {
    cookie?: { 'connect.sid'?: string | false };
  }
}

declare module 'passport-socketio-native' {
  interface PassportSocketIoOptions {
    tenant?: string;
    retries?: number | undefined;
    // @types/passport.socketio lacked it, so that apps had to add it.
    userProperty?: string;
  }
}
