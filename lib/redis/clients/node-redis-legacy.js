'use strict';

/** node-redis 0.12 to 3. Its settings, once it has taken the options apart, are members of the client. */
const nodeRedisLegacy = {
  name: 'node-redis 3 or earlier',
  matches: (client) => endpointOf(client) && client.send_command && 'selected_db' in client,
  methods: ['get', 'send_command', 'internal_send_command'],
  settings: (client) => client,
  unsupported: ({ getKeyspace, options }) =>
    // fakeredis has the looks of a client of 127.0.0.1:6379, and its data in memory.
    (typeof getKeyspace === 'function' && 'an imitation of Redis') ||
    (options.stream && 'a stream of its own') ||
    (options.rename_commands?.get && 'a renamed GET'),
  target(client) {
    const { host, port, path } = endpointOf(client);
    return {
      nodes: [{ host, port, path }],
      username: client.auth_user,
      password: client.auth_pass,
      // The options of TLS are copied into the endpoint.
      tls: client.options.tls && endpointOf(client),
    };
  },
  // Up to 2.5, what was selected stands in `old_state` while the connection is made again.
  database: ({ selected_db: selected, old_state: before, options }) =>
    selected ?? before?.selected_db ?? options.db,
  // Earlier versions do not know the option; connect-redis 1 and 2 hand it down all the same.
  keyPrefix: ({ connection_options: since24, options }) => since24 && options.prefix,
};

/** Named so by 2.4 and later; by 2.3; by those before. */
function endpointOf(client) {
  return client.connection_options ?? client.connection_option ?? client.connectionOption;
}

module.exports = { nodeRedisLegacy };
