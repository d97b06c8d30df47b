import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { authorize, type Authorizer, type AuthorizeOptions } from 'passport-socketio-native';
import type { Namespace, Server, ServerOptions } from 'socket.io';

/** Lets in who is logged in, to the gateways of all namespaces. */
export class PassportIoAdapter extends IoAdapter {
  private readonly authorizer: Authorizer;

  constructor(app: INestApplicationContext, options: AuthorizeOptions<Express.User>) {
    super(app);
    this.authorizer = authorize<Express.User>(options);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server: Server = super.createIOServer(port, options);
    server.use(this.authorizer);
    // Since Socket.IO 3 the server's middlewares serve its default namespace only, and a gateway may have another.
    server.on('new_namespace', (namespace: Namespace) => namespace.use(this.authorizer));
    return server;
  }

  override async dispose(): Promise<void> {
    this.authorizer.close();
  }
}
