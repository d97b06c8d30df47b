import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { authorize, type Authorizer, type AuthorizeOptions } from 'passport-socketio-native';
import type { Server, ServerOptions } from 'socket.io';

/** Lets in who is logged in, to the gateways of all namespaces. */
export class PassportIoAdapter extends IoAdapter {
  private readonly authorizer: Authorizer;

  constructor(app: INestApplicationContext, options: AuthorizeOptions<Express.User>) {
    super(app);
    this.authorizer = authorize<Express.User>(options);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server: Server = super.createIOServer(port, options);
    // Also the namespaces that gateways add later.
    this.authorizer.protect(server);
    return server;
  }

  override async dispose(): Promise<void> {
    this.authorizer.close();
  }
}
