import { lookup as lookUpByDns } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Resolves a host name to all its addresses. */
export type HostLookup = (host: string) => Promise<readonly string[]>;

export interface FileHostsOptions {
  /** `host` for the scheme's own port, or `host:port`. */
  readonly hosts: readonly string[];
  /** Plain http is for a stand-in of Discord on one's own machine. */
  readonly allowHttp: boolean;
  readonly lookup?: HostLookup;
}

/** These are on the public internet; a name server that says otherwise is lying. */
const discordHosts = new Set(['cdn.discordapp.com', 'media.discordapp.net']);

/**
 * https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry; of IPv6,
 * only 2000::/3 is given out at all. `::ffff:0:0/96` is judged by its IPv4 address.
 */
const notPublic = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
  ['4000::', 2],
  ['8000::', 1],
] as const) {
  notPublic.addSubnet(network, prefix, 'ipv6');
}

/**
 * Says which addresses attachments may come from. A host that the operator lists may be private,
 * Discord's own may not.
 */
export function createFileHosts({ hosts, allowHttp, lookup = systemLookup }: FileHostsOptions) {
  const listed = new Set(hosts.map((host) => host.toLowerCase()));

  /** Undefined for what is at no listed host. */
  function listedUrl(address: string): URL | undefined {
    if (!URL.canParse(address)) return undefined;
    const url = new URL(address);
    if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:')) return undefined;
    if (url.username !== '' || url.password !== '') return undefined;
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return listed.has(url.host) || listed.has(`${url.hostname}:${port}`) ? url : undefined;
  }

  return {
    /** By its name alone; before a file is fetched, `resolve` looks where the host is. */
    lists: (address: string): boolean => listedUrl(address) !== undefined,

    /**
     * Where to connect to for this URL, looked up once: a name server that answers differently the
     * next time leads nowhere else. Undefined where the URL may not be fetched.
     */
    async resolve(address: string): Promise<readonly string[] | undefined> {
      const url = listedUrl(address);
      if (url === undefined) return undefined;
      const addresses = await lookup(url.hostname.replace(/^\[|\]$/g, ''));
      const mayBePrivate = !discordHosts.has(url.hostname);
      const isFit = mayBePrivate || addresses.every(isPublicAddress);
      return addresses.length > 0 && isFit ? addresses : undefined;
    },
  };
}

/** Internet addresses that anybody can reach; IPv4 in IPv6's clothes is judged as IPv4. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return !notPublic.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

async function systemLookup(host: string): Promise<readonly string[]> {
  const found = await lookUpByDns(host, { all: true });
  return found.map(({ address }) => address);
}
