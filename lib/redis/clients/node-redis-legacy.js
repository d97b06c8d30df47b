'use strict';

/** node-redis 0.12 to 3. It takes its options apart; its settings are members of the client. */
const nodeRedisLegacy = {
  name: 'node-redis 3 or earlier',
  matches: (client) => endpointOf(client) && client.send_command && 'selected_db' in client,
  methods: ['get', 'send_command', 'internal_send_command'],
  settings: (client) => client,
  unsupported: ({ getKeyspace, options }) =>
    // fakeredis looks like a client of 127.0.0.1:6379, but has its data in memory.
    (typeof getKeyspace === 'function' && 'an imitation of Redis') ||
    (options.stream && 'a stream of its own') ||
    (options.rename_commands?.get && 'a renamed GET'),
  target(client) {
    const { host, port, path } = endpointOf(client);
    return {
      nodes: [{ host, port, path }],
      username: client.auth_user,
      password: client.auth_pass,
      // node-redis copies the TLS options into the endpoint.
      tls: client.options.tls && endpointOf(client),
    };
  },
  // Up to 2.5, `old_state` has the selected database during a reconnect.
  database: ({ selected_db: selected, old_state: before, options }) =>
    selected ?? before?.selected_db ?? options.db,
  isReady: ({ ready }) => ready,
  // Versions before 2.4 ignore the option, but connect-redis 1 and 2 pass theirs on to them.
  keyPrefix: ({ connection_options: since24, options }) => since24 && options.prefix,
};

/** The names of 2.4 and later, of 2.3, and of earlier versions. */
function endpointOf(client) {
  return client.connection_options ?? client.connection_option ?? client.connectionOption;
}

module.exports = { nodeRedisLegacy };
