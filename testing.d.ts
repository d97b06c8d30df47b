// For tests of apps: an authorizer without addon, Redis and Passport. See docs/testing.md.

/// <reference types="node" />

import type { Authorizer, OptionsWithStore, SessionEndReason } from './index';

export { AuthorizationError, countSocketsByUser, filterSocketsByUser } from './index';

/**
 * Makes an authorizer that lets clients in as this user, whatever cookies they have. It can be used wherever one that
 * `authorize` makes can: `io.use`, `protect`, `allowRequest`.
 *
 * ```ts
 * io.use(authorizeAs({ id: 42, role: 'admin' }));
 * ```
 *
 * @param user the user of every client, or a function that gives the user of a request; a promise of the user will do. Nobody
 * (`false`, `null`, `undefined`) is refused with `NOT_LOGGED_IN`. What the function throws or rejects with is a
 * `DESERIALIZE_ERROR`.
 * @param options as of `authorize`. These count: `userProperty`, `success`, `fail`, `timeout`, `index`, `rooms`, `share` and
 * `onSessionEnd`. The others, which say where sessions are and how they are read, are ignored.
 * @throws {TypeError} when an option is wrong.
 */
export function authorizeAs<User = any>(
  user: (request: any) => Given<User>,
  options?: TestingOptions<User>,
): TestingAuthorizer<User>;
export function authorizeAs<User = any>(
  user: Given<User>,
  options?: TestingOptions<User>,
): TestingAuthorizer<User>;

type Nobody = false | null | undefined;
type Given<User> = User | Nobody | PromiseLike<User | Nobody>;

/** Those of `authorize`, none of which is required. */
export type TestingOptions<User = any> = {
  [Option in keyof OptionsWithStore<User>]?: Option extends 'client' | 'store' | 'redis'
    ? unknown
    : OptionsWithStore<User>[Option] | undefined;
};

export interface TestingAuthorizer<User = any> extends Authorizer<User> {
  /**
   * Plays the end of the session behind a socket, or a request that was given to `authenticate`. The sockets of its client, in
   * all namespaces, are told in the call as the option `onSessionEnd` says, and so is what `watch` was given. Nobody is let in by this session any more, unless the reason is `'user-changed'`.
   * @param socket one about which this authorizer was asked; or such a request
   * @param reason default `'destroyed'`
   * @throws {TypeError} for another socket, or another reason.
   */
  end(socket: object, reason?: SessionEndReason): void;
}
