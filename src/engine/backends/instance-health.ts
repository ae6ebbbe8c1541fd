import type { Logger } from 'pino';
import { BackendError, isMisconfigured } from './backend-error.js';
import type { BackendState } from './backend-report.repository.js';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.js';
import type { HealthTimes } from './health-times.js';
import type { Instance, Pool } from './pools.js';

/** Where a service says that its quota is used up, and not until when. */
const quotaRestMs = 15 * 60_000;

export interface InstanceHealthDependencies {
  readonly pools: readonly Pool[];
  readonly log: Logger;
  readonly times: HealthTimes;
  /**
   * An instance of the pool may be given runs again, or may not any more. `recovered`: what waits
   * for the service need not wait for its back-off to end.
   */
  readonly onChange: (pool: string, change: { readonly recovered: boolean }) => Promise<void>;
  /** How an instance is now, each time that it changes; for operators. */
  readonly onReport: (report: HealthReport) => Promise<void>;
}

export interface HealthReport {
  readonly name: string;
  readonly state: BackendState;
  /** Milliseconds until it is tried again, where that is known. */
  readonly untilInMs: number | null;
  /** What it failed with just now. */
  readonly error: string | null;
}

/**
 * A circuit breaker for each instance, and the health checks that close it. In memory: each worker
 * process judges by what it can reach itself.
 */
export interface InstanceHealth {
  start(): void;
  stop(): Promise<void>;
  /** Watches these from now on: what it knows of an instance that stays is kept. */
  replace(pools: readonly Pool[]): void;
  /** Whether the instance may be given a run now. */
  admits(instance: string): boolean;
  stateOf(instance: string): BackendState | undefined;
  /** Those that refuse this process, and will until an operator mends its settings. */
  refusing(): string[];
  /** What became of a run: `null` for a good end. */
  report(instance: string, failure: BackendError | null): void;
  /** Calls `onDead` while the instance answers no check and `quietMs` shows that the run is silent too. */
  watch(instance: string, quietMs: () => number, onDead: () => void): () => void;
}

interface Watched {
  readonly pool: string;
  readonly instance: Instance;
  readonly breaker: CircuitBreaker;
  readonly watchers: Set<{ readonly quietMs: () => number; readonly onDead: () => void }>;
  wasSeen: boolean;
  /** What the last check found. */
  found: 'well' | 'away' | 'misconfigured';
  timer: NodeJS.Timeout | undefined;
  quotaTimer: NodeJS.Timeout | undefined;
  checking: Promise<void> | undefined;
  /** What operators were told last, so that they are told once. */
  told: string | undefined;
}

export function createInstanceHealth(deps: InstanceHealthDependencies): InstanceHealth {
  const { log, times } = deps;
  const closing = new AbortController();
  let isStarted = false;
  let all = new Map<string, Watched>();

  const notTold = (error: unknown) => log.warn({ err: error }, 'A change of health was not told');

  function replace(pools: readonly Pool[]): void {
    const before = all;
    const entries = pools.flatMap(({ name, instances }) =>
      instances.map((instance): [string, Watched] => {
        const known = before.get(instance.backend.name);
        const isSame = known?.instance.backend === instance.backend && known.pool === name;
        return [instance.backend.name, isSame ? known : newWatched(name, instance)];
      }),
    );
    all = new Map(entries);
    for (const watched of before.values()) if (!isWatched(watched)) forget(watched);
    if (isStarted) for (const watched of all.values()) check(watched);
  }

  function newWatched(pool: string, instance: Instance): Watched {
    return {
      pool,
      instance,
      breaker: createCircuitBreaker(times.restMs, () => performance.now()),
      watchers: new Set(),
      wasSeen: false,
      found: 'well',
      timer: undefined,
      quotaTimer: undefined,
      checking: undefined,
      told: undefined,
    };
  }

  const isWatched = (watched: Watched) => all.get(watched.instance.backend.name) === watched;

  function forget({ timer, quotaTimer }: Watched): void {
    clearTimeout(timer);
    clearTimeout(quotaTimer);
  }

  async function ask({ instance }: Watched): Promise<void> {
    const timeout = AbortSignal.timeout(times.timeoutMs);
    const signal = AbortSignal.any([timeout, closing.signal]);
    // Not every service's client obeys a signal.
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    await Promise.race([instance.backend.health(signal), ended]);
  }

  function check(watched: Watched): void {
    if (!isStarted || closing.signal.aborted || watched.checking) return;
    clearTimeout(watched.timer);
    const beganAt = performance.now();
    watched.checking = ask(watched)
      .then(
        () => answered(watched),
        (error: unknown) => (closing.signal.aborted ? undefined : failed(watched, beganAt, error)),
      )
      .catch(notTold)
      .finally(() => {
        watched.checking = undefined;
        if (closing.signal.aborted || !isWatched(watched)) return;
        const pauseMs = watched.found === 'away' ? times.recheckMs : times.checkEveryMs;
        watched.timer = setTimeout(() => check(watched), pauseMs);
      });
  }

  async function answered(watched: Watched): Promise<void> {
    const { breaker } = watched;
    const admittedBefore = breaker.admits();
    const closes = breaker.checkSucceeded();
    const isFirst = !watched.wasSeen;
    watched.wasSeen = true;
    // What only runs find, a good check does not mend.
    if (watched.found !== 'well') watched.told = undefined;
    watched.found = 'well';
    if (!closes && !isFirst && breaker.admits() === admittedBefore) return;
    await tellServing(watched, closes, isFirst);
  }

  async function tellServing(watched: Watched, closes: boolean, isFirst = false): Promise<void> {
    const backend = watched.instance.backend.name;
    if (closes) log.info({ backend }, 'A backend is well again');
    await deps.onChange(watched.pool, { recovered: closes || isFirst });
    await tell(watched, null);
  }

  function reportSuccess(watched: Watched): void {
    watched.told = undefined;
    if (!watched.breaker.runSucceeded()) return;
    tellServing(watched, true).catch(notTold);
  }

  async function failed(watched: Watched, beganAt: number, error: unknown): Promise<void> {
    const { breaker, found } = watched;
    const backendError = error instanceof BackendError ? error : undefined;
    if (backendError && isMisconfigured(backendError)) {
      watched.found = 'misconfigured';
      breaker.checkMisconfigured();
    } else {
      watched.found = 'away';
      const failingForMs = breaker.checkFailed(beganAt);
      if (failingForMs >= times.deadAfterMs) endSilentRuns(watched);
    }
    if (watched.found === found) return;
    const backend = watched.instance.backend.name;
    const isTold = backendError !== undefined && tellOperator(watched, backendError);
    if (!isTold) log.warn({ err: error, backend }, 'A backend gets no tasks until it is well');
    await deps.onChange(watched.pool, { recovered: false });
    await tell(watched, error);
  }

  function endSilentRuns({ watchers }: Watched): void {
    for (const { quietMs, onDead } of watchers) if (quietMs() >= times.deadAfterMs) onDead();
  }

  /** Once, and not for each run or user. Whether there was something to be told, and was it just now. */
  function tellOperator(watched: Watched, error: BackendError): boolean {
    const { operatorText } = error;
    if (operatorText === undefined || operatorText === watched.told) return false;
    watched.told = operatorText;
    log.error({ err: error, backend: watched.instance.backend.name }, operatorText);
    return true;
  }

  async function tell({ breaker, instance }: Watched, error: unknown): Promise<void> {
    const { state, remainingMs } = breaker.state();
    await deps.onReport({
      name: instance.backend.name,
      state,
      untilInMs: remainingMs,
      error: errorText(error),
    });
  }

  function tellSoon(watched: Watched, error: unknown): void {
    tell(watched, error).catch((failure: unknown) =>
      log.warn({ err: failure }, "A backend's health was not recorded"),
    );
  }

  /** Other instances take the tasks; at the end of its quota's rest this one may be tried again. */
  function exhaust(watched: Watched, error: BackendError): void {
    const forMs = error.retryAfterMs ?? quotaRestMs;
    watched.breaker.exhaust(forMs);
    clearTimeout(watched.quotaTimer);
    watched.quotaTimer = setTimeout(
      () => {
        deps.onChange(watched.pool, { recovered: true }).catch(notTold);
        tellSoon(watched, null);
      },
      Math.min(forMs, 2 ** 31 - 1),
    ).unref();
  }

  function reportFailure(watched: Watched, error: BackendError): void {
    const { breaker } = watched;
    tellOperator(watched, error);
    if (error.kind === 'quota') exhaust(watched, error);
    else if (error.isOfModel) breaker.runRefused();
    else if (isMisconfigured(error)) {
      if (isStarted) breaker.runMisconfigured();
      check(watched);
    } else if (error.kind === 'unavailable' || error.kind === 'transient') {
      if (isStarted) breaker.runFailed({ suspect: error.kind === 'unavailable' });
      check(watched);
    } else breaker.runRefused();
    tellSoon(watched, error);
  }

  replace(deps.pools);

  return {
    start() {
      isStarted = true;
      for (const watched of all.values()) check(watched);
    },
    async stop() {
      closing.abort();
      for (const watched of all.values()) forget(watched);
      await Promise.all([...all.values()].map(({ checking }) => checking));
    },
    replace,
    admits: (instance) => all.get(instance)?.breaker.admits() ?? false,
    refusing: () =>
      [...all.keys()].filter((name) => all.get(name)?.breaker.state().state === 'misconfigured'),
    stateOf: (instance) => all.get(instance)?.breaker.state().state,
    report(instance, failure) {
      const watched = all.get(instance);
      if (!watched || failure?.kind === 'cancelled') return;
      if (failure === null) reportSuccess(watched);
      else reportFailure(watched, failure);
    },
    watch(instance, quietMs, onDead) {
      const watcher = { quietMs, onDead };
      const watchers = all.get(instance)?.watchers;
      watchers?.add(watcher);
      return () => watchers?.delete(watcher);
    },
  };
}

/** Short, and for operators' eyes. */
function errorText(error: unknown): string | null {
  if (error === null) return null;
  const text =
    error instanceof BackendError ? (error.operatorText ?? error.message) : String(error);
  return text.slice(0, 300);
}
