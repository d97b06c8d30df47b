import passportSocketIo from 'passport-socketio-native';
import type { Authorizer, AuthorizeOptions } from 'passport-socketio-native';

const options: AuthorizeOptions = { redis: 'redis://localhost' };
const authorizer: Authorizer = passportSocketIo.authorize(options);
authorizer.close();
passportSocketIo.filterSocketsByUser([], () => true);
export const isOurs = (error: unknown) => error instanceof passportSocketIo.AuthorizationError;
