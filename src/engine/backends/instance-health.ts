import type { Logger } from 'pino';
import type { BackendErrorKind } from './backend-error.js';
import type { Instance, Pool } from './pools.js';

/** Milliseconds. */
export interface HealthTimes {
  /** Between two checks of an instance that answers. */
  readonly checkEveryMs: number;
  /** The same while it does not. */
  readonly recheckMs: number;
  /** A check without an answer for so long has failed. */
  readonly timeoutMs: number;
  /** Checks that fail for so long end the runs that have been silent as long. */
  readonly deadAfterMs: number;
  /** How long an instance rests that answers checks and fails runs. */
  readonly restMs: number;
}

/** An instance that hangs from one moment on is dead after 4 + 4 + 1 + 4 = 13 s at the latest. */
export const defaultHealthTimes: HealthTimes = {
  checkEveryMs: 4_000,
  recheckMs: 1_000,
  timeoutMs: 4_000,
  deadAfterMs: 8_000,
  restMs: 3_000,
};

/** Failed runs in a row after which an instance rests. */
const failuresToOpen = 3;

export interface InstanceHealthDependencies {
  readonly pools: readonly Pool[];
  readonly log: Logger;
  readonly times: HealthTimes;
  /**
   * An instance of the pool may be given runs again, or may not any more. `recovered`: what waits
   * for the service need not wait for its back-off to end.
   */
  readonly onChange: (pool: string, change: { readonly recovered: boolean }) => Promise<void>;
}

/**
 * A circuit breaker for each instance, closed by health checks alone. In memory: each worker process
 * judges by what it can reach itself.
 */
export interface InstanceHealth {
  start(): void;
  stop(): Promise<void>;
  /** Whether the instance may be given a run now. */
  admits(instance: string): boolean;
  /** Whether another instance of its pool may. */
  hasOther(pool: string, instance: string): boolean;
  /** What became of a run: `null` for a good end. */
  report(instance: string, failure: BackendErrorKind | null): void;
  /** Calls `onDead` while the instance answers no check and `quietMs` shows that the run is silent too. */
  watch(instance: string, quietMs: () => number, onDead: () => void): () => void;
}

interface Breaker {
  readonly pool: string;
  readonly instance: Instance;
  readonly watchers: Set<{ readonly quietMs: () => number; readonly onDead: () => void }>;
  failures: number;
  isOpen: boolean;
  openedAt: number;
  /** A run found it unavailable; the check that decides is under way. */
  isSuspect: boolean;
  /** Begin of the first of the checks that failed in a row. */
  failingSince: number | undefined;
  wasSeen: boolean;
  timer: NodeJS.Timeout | undefined;
  checking: Promise<void> | undefined;
}

export function createInstanceHealth(deps: InstanceHealthDependencies): InstanceHealth {
  const { pools, log, times } = deps;
  const closing = new AbortController();
  let isStarted = false;
  const breakers = new Map<string, Breaker>();
  for (const pool of pools) {
    for (const instance of pool.instances) {
      breakers.set(instance.backend.name, newBreaker(pool.name, instance));
    }
  }

  const admits = (breaker: Breaker) => !breaker.isOpen && !breaker.isSuspect;

  async function ask({ instance }: Breaker): Promise<void> {
    const timeout = AbortSignal.timeout(times.timeoutMs);
    const signal = AbortSignal.any([timeout, closing.signal]);
    // Not every service's client obeys a signal.
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    await Promise.race([instance.backend.health(signal), ended]);
  }

  function check(breaker: Breaker): void {
    if (!isStarted || closing.signal.aborted || breaker.checking) return;
    clearTimeout(breaker.timer);
    const startedAt = performance.now();
    breaker.checking = ask(breaker)
      .then(
        () => answered(breaker),
        (error: unknown) =>
          closing.signal.aborted ? undefined : failed(breaker, startedAt, error),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'A change of health was not told'))
      .finally(() => {
        breaker.checking = undefined;
        if (closing.signal.aborted) return;
        const pauseMs = breaker.failingSince === undefined ? times.checkEveryMs : times.recheckMs;
        breaker.timer = setTimeout(() => check(breaker), pauseMs);
      });
  }

  async function answered(breaker: Breaker): Promise<void> {
    const admittedBefore = admits(breaker);
    const hadFailed = breaker.failingSince !== undefined;
    const isRested = performance.now() - breaker.openedAt >= times.restMs;
    breaker.failingSince = undefined;
    breaker.isSuspect = false;
    const closes = breaker.isOpen && (hadFailed || isRested);
    if (closes) {
      breaker.isOpen = false;
      // On trial: the next failure opens it again.
      breaker.failures = failuresToOpen - 1;
      log.info({ backend: breaker.instance.backend.name }, 'A backend is well again');
    }
    const isFirst = !breaker.wasSeen;
    breaker.wasSeen = true;
    if (closes || isFirst || admits(breaker) !== admittedBefore) {
      await deps.onChange(breaker.pool, { recovered: closes || isFirst });
    }
  }

  async function failed(breaker: Breaker, startedAt: number, error: unknown): Promise<void> {
    const wasOpen = breaker.isOpen;
    breaker.failingSince ??= startedAt;
    breaker.isSuspect = false;
    open(breaker, error);
    if (performance.now() - breaker.failingSince >= times.deadAfterMs) {
      for (const { quietMs, onDead } of breaker.watchers) {
        if (quietMs() >= times.deadAfterMs) onDead();
      }
    }
    if (!wasOpen) await deps.onChange(breaker.pool, { recovered: false });
  }

  function open(breaker: Breaker, error?: unknown): void {
    if (!breaker.isOpen) {
      const backend = breaker.instance.backend.name;
      log.warn({ err: error, backend }, 'A backend gets no tasks until it is well');
    }
    breaker.isOpen = true;
    breaker.openedAt = performance.now();
  }

  return {
    start() {
      isStarted = true;
      for (const breaker of breakers.values()) check(breaker);
    },
    async stop() {
      closing.abort();
      for (const breaker of breakers.values()) clearTimeout(breaker.timer);
      await Promise.all([...breakers.values()].map(({ checking }) => checking));
    },
    admits(instance) {
      const breaker = breakers.get(instance);
      return breaker !== undefined && admits(breaker);
    },
    hasOther: (pool, instance) =>
      [...breakers].some(
        ([name, breaker]) => name !== instance && breaker.pool === pool && admits(breaker),
      ),
    report(instance, failure) {
      const breaker = breakers.get(instance);
      if (!breaker || failure === 'cancelled') return;
      if (failure !== 'unavailable' && failure !== 'transient') {
        // It has answered. What it limits, and what it has no money left for, is no sign of illness.
        breaker.failures = 0;
        return;
      }
      breaker.failures += 1;
      if (isStarted && failure === 'unavailable') breaker.isSuspect = true;
      if (isStarted && breaker.failures >= failuresToOpen) open(breaker);
      check(breaker);
    },
    watch(instance, quietMs, onDead) {
      const watcher = { quietMs, onDead };
      const watchers = breakers.get(instance)?.watchers;
      watchers?.add(watcher);
      return () => watchers?.delete(watcher);
    },
  };
}

function newBreaker(pool: string, instance: Instance): Breaker {
  return {
    pool,
    instance,
    watchers: new Set(),
    failures: 0,
    isOpen: false,
    openedAt: 0,
    isSuspect: false,
    failingSince: undefined,
    wasSeen: false,
    timer: undefined,
    checking: undefined,
  };
}
