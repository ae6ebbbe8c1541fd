export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is: one server, the master that Sentinels tell of, or a cluster. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly hosts: readonly RedisHost[]; readonly password?: string }
  | (Distributed & {
      readonly kind: 'sentinel';
      readonly master: string;
      readonly database: number;
    })
  | (Distributed & { readonly kind: 'cluster' });

interface Distributed {
  /** Those that are asked first: Sentinels, or some nodes of the cluster. */
  readonly hosts: readonly RedisHost[];
  readonly username?: string;
  readonly password?: string;
  /** The Sentinels' own, where they have one. */
  readonly sentinelPassword?: string;
  readonly isEncrypted: boolean;
}

/** What `REDIS_URL` may be. */
export const redisUrlForms =
  'redis://host, redis+sentinel://host,host/master or redis+cluster://host,host (rediss… for TLS)';

const distributedForm =
  /^redis(s?)\+(sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^/?#]+)(?:\/(\d+))?)?\/?(?:\?sentinelPassword=([^&#]+))?$/;
const hostForm = /^(?:\[([\da-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i;

/** Undefined for what is none of the forms. `URL` itself takes no lists of hosts. */
export function parseRedisUrl(url: string): RedisAddress | undefined {
  const parts = distributedForm.exec(url);
  if (!parts) return parseServer(url);
  const [, tls, kind, user = '', hostList = '', master, database, sentinelPassword] = parts;
  const defaultPort = kind === 'sentinel' ? 26379 : 6379;
  const hosts = hostList.split(',').flatMap((text) => parseHost(text, defaultPort) ?? []);
  if (hosts.length !== hostList.split(',').length) return undefined;
  // A password may have colons of its own.
  const [, username, password] = (/^([^:]*):?(.*)$/.exec(user) ?? []).map(decode);
  const shared = {
    hosts,
    isEncrypted: tls === 's',
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  };
  if (kind === 'cluster') {
    return master || sentinelPassword ? undefined : { kind, ...shared };
  }
  if (!master) return undefined;
  return {
    kind: 'sentinel',
    ...shared,
    master: decode(master),
    database: Number(database ?? 0),
    ...(sentinelPassword ? { sentinelPassword: decode(sentinelPassword) } : {}),
  };
}

function parseServer(url: string): RedisAddress | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, password } = new URL(url);
  if (!/^rediss?:$/.test(protocol)) return undefined;
  const hosts = [{ host: hostname || 'localhost', port: Number(port || 6379) }];
  return { kind: 'server', hosts, ...(password ? { password: decode(password) } : {}) };
}

function parseHost(text: string, defaultPort: number): RedisHost | undefined {
  const [, v6, name, port] = hostForm.exec(text.trim()) ?? [];
  const host = v6 ?? name;
  return host === undefined ? undefined : { host, port: Number(port ?? defaultPort) };
}

/** A lone percent sign stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
