import {
  ConnectedSocket,
  MessageBody,
  OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import type { AuthorizedRequest } from 'passport-socketio-native';
import type { Server, Socket } from 'socket.io';

@WebSocketGateway()
export class ChatGateway implements OnGatewayConnection {
  @WebSocketServer()
  private readonly server!: Server;

  handleConnection(client: Socket): void {
    client.emit('welcome', requestOf(client).user.name);
  }

  @SubscribeMessage('say')
  say(@ConnectedSocket() client: Socket, @MessageBody() text: string): void {
    this.server.emit('said', { from: requestOf(client).user.name, text });
  }
}

/** A namespace of its own: the adapter lets the same people in. */
@WebSocketGateway({ namespace: 'news' })
export class NewsGateway implements OnGatewayConnection {
  handleConnection(client: Socket): void {
    client.emit('welcome', requestOf(client).user.name);
  }
}

/** Socket.IO knows the request as Node's; this is what the authorizer has made of it. */
function requestOf(client: Socket): AuthorizedRequest<Express.User> {
  return client.request as AuthorizedRequest<Express.User>;
}
