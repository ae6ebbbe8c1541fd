import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchView, Engine, QueuePosition, RunReport } from '../engine/index.js';

/** What operators' monitoring reads at `GET /metrics`, in Prometheus' text format. */
export interface Metrics {
  /** Of runs that ended in this process. */
  runEnded(run: RunReport): void;
  /** Of cards that this process has shown: how far off the first estimate was. */
  cardShown(shown: { readonly batch: BatchView; readonly position: QueuePosition | null }): void;
  /** From now on, pools and backends are asked at each look. */
  watch(engine: Pick<Engine, 'pools' | 'backends'>): void;
  readonly contentType: string;
  text(): Promise<string>;
}

interface Estimate {
  readonly toldAtMs: number;
  readonly estimateMs: number;
}

/** Batches whose estimate is remembered; the oldest is forgotten for a new one. */
const mostEstimates = 10_000;

export function createMetrics(now: () => Date): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry, prefix: 'easel_' });
  const runs = new Histogram({
    name: 'easel_run_duration_seconds',
    help: 'Runs that ended in this process, by outcome; failures by their class',
    labelNames: ['pool', 'backend', 'outcome', 'failure'] as const,
    buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 40, 60, 120, 300, 600, 1200],
    registers,
  });
  const estimates = new Histogram({
    name: 'easel_estimate_ratio',
    help: 'Time from the first shown estimate to the end, divided by the estimate: 1 is exact',
    buckets: [0.25, 0.5, 0.8, 1, 1.25, 2, 4, 8],
    registers,
  });
  const told = new Map<string, Estimate>();

  function settle({ id, tasks }: BatchView): void {
    const estimate = told.get(id);
    const ends = tasks.flatMap(({ finishedAt }) => finishedAt?.getTime() ?? []);
    if (!estimate || ends.length === 0) return;
    told.delete(id);
    const tookMs = Math.min(...ends) - estimate.toldAtMs;
    if (estimate.estimateMs > 0) estimates.observe(Math.max(0, tookMs) / estimate.estimateMs);
  }

  return {
    runEnded({ pool, backend, outcome, failure, durationMs }) {
      runs.observe({ pool, backend, outcome, failure: failure ?? '' }, durationMs / 1000);
    },
    cardShown({ batch, position }) {
      settle(batch);
      if (position?.estimateMs == null || told.has(batch.id)) return;
      const [oldest] = told.keys();
      if (told.size >= mostEstimates && oldest !== undefined) told.delete(oldest);
      told.set(batch.id, { toldAtMs: now().getTime(), estimateMs: position.estimateMs });
    },
    watch(engine) {
      watchPools(engine, registers);
      watchBackends(engine, registers);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function watchPools(engine: Pick<Engine, 'pools'>, registers: Registry[]): void {
  new Gauge({
    name: 'easel_tasks',
    help: 'Tasks that wait and that run, in all processes',
    labelNames: ['pool', 'state'] as const,
    registers,
    async collect() {
      this.reset();
      for (const { name, waiting, running } of await engine.pools()) {
        this.set({ pool: name, state: 'waiting' }, waiting);
        this.set({ pool: name, state: 'running' }, running);
      }
    },
  });
}

function watchBackends(engine: Pick<Engine, 'backends'>, registers: Registry[]): void {
  new Gauge({
    name: 'easel_backend_state',
    help: '1 for the state that the backend is in, as the last worker that looked has found it',
    labelNames: ['pool', 'backend', 'state'] as const,
    registers,
    async collect() {
      this.reset();
      for (const { pool, name, state, drained } of await engine.backends.list()) {
        this.set({ pool, backend: name, state: drained ? 'drained' : (state ?? 'unknown') }, 1);
      }
    },
  });
}
