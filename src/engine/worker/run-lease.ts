import type { HeldRuns, LeaseState } from '../tasks/held-runs.repository.js';
import type { RunKey } from '../tasks/run.repository.js';

export interface LeaseTimes {
  /** How long a run stays its worker's without a word. */
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** How long a worker goes on that cannot reach the record. */
  readonly detachAfterMs: number;
}

export interface RunLeaseDependencies {
  readonly runs: Pick<HeldRuns, 'renew'>;
  readonly times: LeaseTimes;
}

/**
 * Renews a run's lease until it is stopped: also while inputs are fetched and results are stored. A
 * renewal that comes too late holds still where nobody has taken the run. `obey` hears of every
 * other end, perhaps several times. Returns the way to stop.
 */
export function keepLease(
  { runs, times }: RunLeaseDependencies,
  key: RunKey,
  obey: (state: Exclude<LeaseState, 'held'>) => void,
): () => void {
  let heardAt = performance.now();
  let isRenewing = false;

  async function renew(): Promise<void> {
    const state = await runs.renew(key);
    heardAt = performance.now();
    if (state !== 'held') obey(state);
  }

  const timer = setInterval(() => {
    // The record may be away: then nobody else can have the run, unless it is away for us alone.
    if (performance.now() - heardAt > times.detachAfterMs && isRenewing) obey('lost');
    if (isRenewing) return;
    isRenewing = true;
    renew()
      .catch(() => {
        if (performance.now() - heardAt > times.detachAfterMs) obey('lost');
      })
      .finally(() => {
        isRenewing = false;
      });
  }, times.renewEveryMs);
  return () => clearInterval(timer);
}
