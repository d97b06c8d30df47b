import * as passportSocketIo from 'passport-socketio-native';

const options: passportSocketIo.AuthorizeOptions = { redis: 'redis://localhost' };
const authorizer: passportSocketIo.Authorizer = passportSocketIo.authorize(options);
authorizer.close();
passportSocketIo.filterSocketsByUser([], () => true);
export const isOurs = (error: unknown) => error instanceof passportSocketIo.AuthorizationError;
