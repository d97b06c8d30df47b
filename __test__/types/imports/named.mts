import { AuthorizationError, authorize, filterSocketsByUser } from 'passport-socketio-native';
import type { AuthorizeOptions, Authorizer } from 'passport-socketio-native';

const options: AuthorizeOptions = { redis: 'redis://localhost' };
const authorizer: Authorizer = authorize(options);
authorizer.close();
filterSocketsByUser([], () => true);
export const isOurs = (error: unknown) => error instanceof AuthorizationError;
