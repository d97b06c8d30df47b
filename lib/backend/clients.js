'use strict';

/**
 * Where each family of Redis clients keeps its settings. `matches` tells the family by shape, since
 * class names lie; `unsupported` names a setting that the addon cannot follow; `address` is where it
 * is connected; `database` the database it has selected, as far as one can see; `keyPrefix` what it
 * puts before every key.
 */
const FAMILIES = [
  {
    name: 'ioredis',
    matches: (client) =>
      typeof client.status === 'string' &&
      client.connector &&
      client.options &&
      client.sendCommand &&
      !client.isCluster,
    unsupported: ({ options }) =>
      (options.sentinels && 'Sentinel') ||
      (options.tls && 'TLS') ||
      (options.Connector && 'a connector of its own'),
    address({ options }) {
      const { host, port, path, username, password } = options;
      return { host, port, path, username, password };
    },
    database: ({ prevCondition, condition, options }) =>
      prevCondition?.select ?? condition?.select ?? options.db,
    keyPrefix: ({ options }) => options.keyPrefix,
  },
  {
    name: 'node-redis 2 or 3',
    matches: (client) => client.connection_options && client.send_command && 'selected_db' in client,
    unsupported: (client) =>
      // fakeredis has the looks of a client of 127.0.0.1:6379, and its data in memory.
      (typeof client.getKeyspace === 'function' && 'an imitation of Redis') ||
      (client.options.tls && 'TLS') ||
      (client.options.rename_commands?.get && 'a renamed GET'),
    address({ connection_options: { host, port, path }, auth_user: username, auth_pass: password }) {
      return { host, port, path, username, password };
    },
    database: ({ selected_db: selected, options }) => selected ?? options.db,
    keyPrefix: ({ options }) => options.prefix,
  },
  {
    name: 'node-redis 4 or later',
    matches: (client) => 'isOpen' in client && 'options' in client && client.scanIterator,
    unsupported: ({ options }) =>
      (options?.socket?.tls && 'TLS') ||
      (options?.credentialsProvider?.type === 'streaming-credentials-provider' && 'credentials that change'),
    async address({ options }) {
      const { host = 'localhost', port, path } = options?.socket ?? {};
      const { username, password } = (await options?.credentialsProvider?.credentials?.()) ?? options ?? {};
      return { host, port, path, username, password };
    },
    // A later select() is not visible from outside; a miss is confirmed by the store for that reason.
    database: ({ options }) => options?.database,
    keyPrefix: ({ options }) => options?.keyPrefix,
  },
];

/** Methods through which a patched client would see what we do not. */
const PATCHABLE = ['get', 'sendCommand', 'send_command', 'internal_send_command'];

/**
 * Where a client is connected to.
 * @returns {Promise<{ address: object, keyPrefix: string | Uint8Array } | { unsupported: string }>}
 */
async function derive(client) {
  const family = familyOf(client);
  if (!family) return { unsupported: 'the client of the store is none that is known' };
  const own = PATCHABLE.find((method) => Object.hasOwn(client, method));
  if (own) return { unsupported: `the client has a ${own} of its own` };
  if (client.options?.stream) return { unsupported: 'the client runs over a stream of its own' };
  const setting = family.unsupported(client);
  if (setting) return { unsupported: `the client (${family.name}) uses ${setting}` };
  const { host, port, path, username, password } = await family.address(client);
  const address = {
    host: host ? host.replace(/^\[(.*)\]$/, '$1') : null,
    port: port ? Number(port) : null,
    path: path || null,
    username: username || null,
    password: password || null,
    db: databaseOf(family, client),
  };
  return { address, keyPrefix: keyPrefixOf(family, client) };
}

/** The database that a client has selected, as far as one can see. */
function databaseOf(family, client) {
  return Number(family?.database(client) ?? 0);
}

/** What a client puts before every key. */
function keyPrefixOf(family, client) {
  return family?.keyPrefix(client) ?? '';
}

function familyOf(client) {
  if (typeof client !== 'object' || client === null) return undefined;
  return FAMILIES.find((family) => family.matches(client));
}

module.exports = { derive, familyOf, databaseOf, keyPrefixOf, PATCHABLE };
