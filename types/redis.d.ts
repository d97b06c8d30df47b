// The option `redis`: where the sessions are.

/**
 * One Redis by its URL, some nodes of a Redis Cluster by theirs, or {@link RedisSettings}.
 *
 * A URL is `redis://[[user]:password@]host[:port][/db]`, `rediss://…` for TLS, or `unix:///path[?db=n]`; user and
 * password are percent-encoded. A cluster's nodes tell of the others, so that a few are enough.
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
  /** Of a Unix socket, in place of host and port. */
  path?: string | undefined;
  /** Number of the database. Default 0. */
  db?: number | undefined;
  nodes?: undefined;
  sentinel?: undefined;
}

/** A Redis Cluster. Each session is looked up at the master of its hash slot; MOVED and ASK are followed. */
export interface RedisCluster extends RedisAccess {
  /** Some of its nodes, at least one. */
  nodes: readonly RedisNode[];
  /** A cluster has no other. */
  db?: 0 | undefined;
  url?: undefined;
  host?: undefined;
  port?: undefined;
  path?: undefined;
  sentinel?: undefined;
}

/** The master that Redis Sentinel names; asked again each second. */
export interface RedisSentinel extends RedisAccess {
  sentinel: {
    /** The master's name, as in `sentinel monitor <name> …`. */
    name: string;
    /** At least one; the default port is 26379. */
    nodes: readonly RedisNode[];
    /** Of the Sentinels themselves. `username` and `password` beside `sentinel` are the master's. */
    username?: string | undefined;
    password?: string | undefined;
    /** To the Sentinels. Default: none. */
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
  /** User of Redis's ACL. Default: Redis's `default` user. */
  username?: string | undefined;
  password?: string | undefined;
  /** `true`, or with what. Default: as the URL says, else none. */
  tls?: boolean | RedisTls | undefined;
  /** What your client puts before every key, before the `prefix` of the store: ioredis's and node-redis's `keyPrefix`. */
  keyPrefix?: string | Uint8Array | undefined;
  /** Name of the connection in `CLIENT LIST`. Default: none. */
  clientName?: string | undefined;
}

/** As `tls.connect` of Node takes them; keys and certificates are PEM. Without `ca`, whom Node trusts. */
export interface RedisTls {
  ca?: Pem | readonly Pem[] | undefined;
  /** Our own certificate, and `key` with it. */
  cert?: Pem | undefined;
  /** Without a passphrase. */
  key?: Pem | undefined;
  /** The name to ask for and to expect, where that is not the host. */
  servername?: string | undefined;
  /** `false` trusts every server. Default `true`. */
  rejectUnauthorized?: boolean | undefined;
}

type Pem = string | Uint8Array;

export {};
