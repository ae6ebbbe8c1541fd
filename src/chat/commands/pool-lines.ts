import type { PoolInfo } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';

/** A line for each pool: what runs and waits in it, and whether it is paused. */
export function poolLines(pools: readonly PoolInfo[], texts: LocalizedTexts): string[] {
  return pools.map(({ name, concurrency, running, waiting, paused }) =>
    texts.text(paused ? 'pools-line-paused' : 'pools-line', {
      name,
      concurrency,
      running,
      waiting,
    }),
  );
}
