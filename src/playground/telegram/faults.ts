/**
 * What goes wrong with a request: `500`, `502` and `429` are answered without doing anything;
 * `reset-before` closes the connection before anything is done, `reset-after` once it is done but
 * before the answer; `hang` never answers and does nothing.
 */
export type FaultKind = '500' | '502' | '429' | 'reset-before' | 'reset-after' | 'hang';

export interface Fault {
  readonly kind: FaultKind;
  /** Left out, the fault meets the next request of any method but getUpdates. */
  readonly method?: string;
  /** Seconds, for `429`. */
  readonly retryAfter?: number;
  /** How many requests it meets; 1 by default. */
  readonly count?: number;
}

export interface Faults {
  next(fault: Fault): void;
  clear(): void;
}

export interface FaultPlan extends Faults {
  /** The fault that this request meets, used up by the call. */
  take(method: string): Fault | undefined;
}

export function createFaults(): FaultPlan {
  let planned: Array<{ fault: Fault; left: number }> = [];
  return {
    next(fault) {
      planned.push({ fault, left: fault.count ?? 1 });
    },
    clear() {
      planned = [];
    },
    take(method) {
      const hit = planned.find(({ fault }) =>
        fault.method === undefined
          ? method !== 'getUpdates'
          : fault.method.toLowerCase() === method.toLowerCase(),
      );
      if (!hit) return undefined;
      hit.left -= 1;
      if (hit.left === 0) planned = planned.filter((other) => other !== hit);
      return hit.fault;
    },
  };
}
