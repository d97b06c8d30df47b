// One declaration, and `socket.request.user` is known everywhere.

export interface Account {
  id: number;
  name: string;
  role: 'admin' | 'member';
}

declare module 'http' {
  interface IncomingMessage {
    user?: (Account & { logged_in: true }) | undefined;
  }
}
