import { get as getByHttp, type IncomingMessage } from 'node:http';
import { get as getByHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/**
 * Asks for a URL at these very addresses, whatever its host's name means by now, and follows no
 * redirect. Rejects with the network's error, or the signal's reason.
 */
export function openPinned(
  url: string,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (host, { all }, answer) => {
    const [first] = found;
    if (!first) answer(new Error(`No address of ${host} is known`), '', 0);
    else if (all) answer(null, found);
    else answer(null, first.address, first.family);
  };
  const get = new URL(url).protocol === 'https:' ? getByHttps : getByHttp;
  return new Promise((resolve, reject) => {
    // A connection of its own: one that is kept open may lead to an address of another time.
    get(url, { lookup, signal, agent: false }, resolve).on('error', reject);
  });
}
