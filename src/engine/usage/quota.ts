import { EngineError } from '../engine-error.js';
import type { Usage } from './usage.repository.js';

/** Images that may be asked for on one day (UTC). Null: as many as one likes. */
export interface DailyQuotas {
  readonly user: number | null;
  readonly scope: number | null;
}

export function isLimited({ user, scope }: DailyQuotas): boolean {
  return user !== null || scope !== null;
}

/** @throws EngineError quota-exceeded */
export function checkQuotas(usage: Usage, quotas: DailyQuotas, added: number): void {
  for (const of of ['user', 'scope'] as const) {
    const limit = quotas[of];
    if (limit !== null && usage[of] > limit) {
      const { resetsAt } = usage;
      throw new EngineError({
        kind: 'quota-exceeded',
        of,
        used: usage[of] - added,
        limit,
        resetsAt,
      });
    }
  }
}
