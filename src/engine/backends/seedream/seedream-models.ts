import type { BackendModel } from '../backend.js';
import type { SeedreamOptions } from './seedream-options.js';

/** The newest first. */
const known = ['seedream-5-0-260128', 'seedream-4-5-251128', 'seedream-4-0-250828'];
const arkPrefix = 'doubao-';

/** Volcengine's Ark writes a prefix before the models' names, BytePlus' ModelArk none. */
export function modelsOf(url: string, configured: SeedreamOptions['models']): BackendModel[] {
  const isModelArk = new URL(url).hostname.endsWith('.bytepluses.com');
  const ids = configured ?? known.map((id) => (isModelArk ? id : `${arkPrefix}${id}`));
  return ids.map((id) => ({ id, name: displayName(id) }));
}

/** Behind a gateway of somebody's own it cannot be told which of the two services answers. */
export function otherSpelling(id: string, url: string): string | undefined {
  if (/\.(volces|bytepluses)\.com$/.test(new URL(url).hostname)) return undefined;
  const bare = id.startsWith(arkPrefix) ? id.slice(arkPrefix.length) : id;
  if (!known.includes(bare)) return undefined;
  return id === bare ? `${arkPrefix}${bare}` : bare;
}

/** `doubao-seedream-4-5-251128` → `seedream-4.5`; endpoints keep their own names. */
function displayName(id: string): string {
  const [, major, minor, kind = ''] =
    /^(?:doubao-)?seedream-(\d+)-(\d+)(-[a-z]+)?-\d{6}$/.exec(id) ?? [];
  return major === undefined ? id : `seedream-${major}.${minor}${kind}`;
}
