import type { Transaction } from '../db/connection.js';
import type { User } from '../users/user.js';
import { checkQuotas, type DailyQuotas } from './quota.js';
import { chargeUsage } from './usage.repository.js';

/**
 * Counts images, by task, for today, and returns the day.
 * @throws EngineError quota-exceeded
 */
export async function chargeToday(
  trx: Transaction,
  quotas: DailyQuotas,
  { user, scopeId }: { readonly user: Pick<User, 'id'>; readonly scopeId: string },
  counts: readonly number[],
): Promise<string> {
  const images = counts.reduce((sum, count) => sum + count, 0);
  const usage = await chargeUsage(trx, { userId: user.id, scopeId, images });
  checkQuotas(usage, quotas, images);
  return usage.day;
}
