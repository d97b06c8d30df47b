import { AuthorizationError, authorizeAs, countSocketsByUser } from 'passport-socketio-native/testing';
import type { TestingAuthorizer, TestingOptions } from 'passport-socketio-native/testing';

const options: TestingOptions = { index: ['id'] };
const authorizer: TestingAuthorizer = authorizeAs({ id: 42 }, options);
authorizer.close();
countSocketsByUser([], () => true);
export const isOurs = (error: unknown) => error instanceof AuthorizationError;
