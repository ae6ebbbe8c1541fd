import type { Limits } from '../limits/limit.js';

/**
 * Start-time fair queueing over lanes: each lane's head carries a start tag, the smallest goes
 * next, and serving a task moves its lane's tag on by `cost / weight`. A new lane starts at the
 * pool's virtual time, so that idling earns no credit.
 * (Goyal, Vin, Chen: Start-time Fair Queuing, 1996.)
 */
export interface Lane {
  readonly userId: string;
  /** Start tag of the task at the head. */
  readonly virtualTime: number;
  readonly weight: number;
  /** Tasks of this lane that run now. */
  readonly running: number;
}

/** Every task counts the same: what it costs is a slot. */
const taskCost = 1;

/** Running tasks of one user at a time. */
export interface UserCaps {
  /** Binds only while somebody else could go: no slot idles for it. */
  readonly whileOthersWait: number;
  /** Binds always, though slots idle for it. Null: there is none. */
  readonly hard: number | null;
}

export function userCapsOf(limits: Pick<Limits, 'runningTasks' | 'hardRunningTasks'>): UserCaps {
  return { whileOthersWait: limits.runningTasks, hard: limits.hardRunningTasks };
}

/** Which lane goes next. */
export function pickLane<L extends Lane>(lanes: readonly L[], caps: UserCaps): L | undefined {
  const allowed = lanes.filter((lane) => lane.running < (caps.hard ?? Number.POSITIVE_INFINITY));
  const underCap = allowed.filter((lane) => lane.running < caps.whileOthersWait);
  const candidates = underCap.length > 0 ? underCap : allowed;
  return candidates.reduce<L | undefined>(
    (best, lane) => (best === undefined || lane.virtualTime < best.virtualTime ? lane : best),
    undefined,
  );
}

/** The lane's next start tag after one of its tasks was admitted. */
export function advance(lane: Lane): number {
  return lane.virtualTime + taskCost / lane.weight;
}

/**
 * How many tasks go before mine, at most: `ahead` of my own lane, and of each other lane those
 * whose start tags come first. Costs one step a lane, however many tasks wait in it.
 */
export function countAhead(
  own: { readonly virtualTime: number; readonly weight: number; readonly ahead: number },
  others: readonly {
    readonly virtualTime: number;
    readonly weight: number;
    readonly waiting: number;
  }[],
): number {
  const myTag = own.virtualTime + (own.ahead * taskCost) / own.weight;
  return others.reduce((sum, lane) => {
    const before = Math.floor(((myTag - lane.virtualTime) * lane.weight) / taskCost) + 1;
    return sum + Math.min(lane.waiting, Math.max(0, before));
  }, own.ahead);
}
