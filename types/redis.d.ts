// The option `redis`: where the sessions are.

/**
 * The URL of a Redis server, URLs of some nodes of a Redis Cluster, or {@link RedisSettings}.
 *
 * A URL is `redis://[[user]:password@]host[:port][/db]`, `rediss://…` for TLS, or `unix:///path[?db=n]`; user and
 * password are percent-encoded. The nodes of a cluster name the others: a few are enough.
 */
export type RedisLocation = string | readonly string[] | RedisSettings;

export type RedisSettings = RedisServer | RedisCluster | RedisSentinel;

/** One server: by `url`, by `host` and `port`, or by the `path` of its Unix socket. */
export interface RedisServer extends RedisAccess {
  url?: string | undefined;
  /** Default `'127.0.0.1'`. */
  host?: string | undefined;
  /** Default 6379. */
  port?: number | undefined;
  /** Path of a Unix socket, instead of host and port. */
  path?: string | undefined;
  /** Number of the database. Default 0. */
  db?: number | undefined;
  nodes?: undefined;
  sentinel?: undefined;
}

/** A Redis Cluster. Each session is read from the master of its hash slot; MOVED and ASK are followed. */
export interface RedisCluster extends RedisAccess {
  /** Some of its nodes, at least one. */
  nodes: readonly RedisNode[];
  /** A cluster has database 0 only. */
  db?: 0 | undefined;
  url?: undefined;
  host?: undefined;
  port?: undefined;
  path?: undefined;
  sentinel?: undefined;
}

/** The master that Redis Sentinel names; Sentinel is queried again every second. */
export interface RedisSentinel extends RedisAccess {
  sentinel: {
    /** The master's name, as in `sentinel monitor <name> …`. */
    name: string;
    /** At least one; the default port is 26379. */
    nodes: readonly RedisNode[];
    /** For the Sentinels themselves. `username` and `password` beside `sentinel` are for the master. */
    username?: string | undefined;
    password?: string | undefined;
    /** For connections to the Sentinels. Default: none. */
    tls?: boolean | RedisTls | undefined;
  };
  /** Number of the master's database. Default 0. */
  db?: number | undefined;
  url?: undefined;
  host?: undefined;
  port?: undefined;
  path?: undefined;
  nodes?: undefined;
}

/** A URL, or its host and port. */
export type RedisNode = string | { readonly host: string; readonly port?: number | undefined };

interface RedisAccess {
  /** ACL user. Default: Redis's `default` user. */
  username?: string | undefined;
  password?: string | undefined;
  /** `true`, or settings. Default: as the URL says, else no TLS. */
  tls?: boolean | RedisTls | undefined;
  /** Prefix that your client adds to every key, before the `prefix` of the store: ioredis's and node-redis's `keyPrefix`. */
  keyPrefix?: string | Uint8Array | undefined;
  /** Name of the connection in `CLIENT LIST`. Default: none. */
  clientName?: string | undefined;
}

/** As for Node's `tls.connect`; keys and certificates are PEM. Without `ca`, the authorities that Node trusts. */
export interface RedisTls {
  ca?: Pem | readonly Pem[] | undefined;
  /** Client certificate; needs `key`. */
  cert?: Pem | undefined;
  /** Client key, without a passphrase. */
  key?: Pem | undefined;
  /** Server name (SNI) that the certificate must have, where it is not the host. */
  servername?: string | undefined;
  /** `false` trusts every server. Default `true`. */
  rejectUnauthorized?: boolean | undefined;
}

type Pem = string | Uint8Array;

export {};
