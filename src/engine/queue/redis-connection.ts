import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, redisUrlForms } from './redis-address.js';

export type RedisConnection = Redis | Cluster;

export interface RedisConnectionOptions {
  /** Null: a command waits for as long as Redis is away. */
  readonly maxRetriesPerRequest: number | null;
  /** Whether commands wait for the connection. They do unless told. */
  readonly enableOfflineQueue?: boolean;
  readonly commandTimeout?: number;
  /** Connects at the first command, or when told to. */
  readonly lazyConnect?: boolean;
}

/** Milliseconds before the next try: for ever, as whatever is away comes back. */
const retryInMs = (attempt: number) => Math.min(attempt * 200, 2_000);

/**
 * A connection to the Redis of `REDIS_URL`, in any of its forms. It makes itself anew when it is
 * lost, and follows a master that another takes the place of.
 * @throws for an address of no known form
 */
export function connectRedis(url: string, options: RedisConnectionOptions): RedisConnection {
  const address = parseRedisUrl(url);
  if (!address) throw new Error(`The address of Redis is none of ${redisUrlForms}`);
  const { lazyConnect = false, enableOfflineQueue = true, ...ofEach } = options;
  const whole = { lazyConnect, enableOfflineQueue };
  if (address.kind === 'server') {
    return new Redis(url, { ...ofEach, ...whole, retryStrategy: retryInMs });
  }
  const { hosts, username, password, isEncrypted } = address;
  const signIn: RedisOptions = {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(isEncrypted ? { tls: {} } : {}),
  };
  if (address.kind === 'cluster') {
    return new Cluster([...hosts], {
      ...whole,
      clusterRetryStrategy: retryInMs,
      redisOptions: { ...ofEach, ...signIn },
      // A certificate is for the name that the cluster told, not for that name's address.
      ...(isEncrypted ? { dnsLookup: (name, done) => done(null, name) } : {}),
    });
  }
  const { master, database, sentinelPassword } = address;
  return new Redis({
    ...ofEach,
    ...whole,
    ...signIn,
    sentinels: [...hosts],
    name: master,
    db: database,
    ...(sentinelPassword ? { sentinelPassword } : {}),
    enableTLSForSentinelMode: isEncrypted,
    retryStrategy: retryInMs,
    sentinelRetryStrategy: retryInMs,
  });
}

/** The servers that take what is written: one, or a cluster's masters. */
export function mastersOf(connection: RedisConnection): Redis[] {
  return connection instanceof Cluster ? connection.nodes('master') : [connection];
}
