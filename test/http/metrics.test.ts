import { expect, it } from 'vitest';
import type { BackendInfo } from '../../src/engine/index.js';
import { startHealthServer } from '../../src/http/health.js';
import { createMetrics } from '../../src/http/metrics.js';
import { batchView, taskView } from '../support/batch-views.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';

const toldAt = new Date('2026-11-20T12:00:00Z');

const resting = {
  name: 'desk',
  type: 'comfyui',
  pool: 'default',
  slots: 1,
  running: 0,
  drained: false,
  state: 'resting',
  until: null,
  lastError: null,
} satisfies BackendInfo;

it('tells of runs, tasks, backends, and how far off estimates were, in Prometheus’ format', async () => {
  const metrics = createMetrics(() => toldAt);
  const fake = createFakeChatEngine();
  metrics.watch({ pools: fake.pools, backends: { ...fake.backends, list: async () => [resting] } });
  const server = await startHealthServer(0, async () => undefined, metrics);
  try {
    metrics.runEnded({
      pool: 'default',
      backend: 'desk',
      outcome: 'failed',
      failure: 'transient',
      durationMs: 1_500,
    });
    const position = { position: 2, estimateMs: 10_000 };
    metrics.cardShown({ batch: batchView(), position });
    const finishedAt = new Date(toldAt.getTime() + 15_000);
    const done = batchView({ tasks: [taskView({ state: 'completed', finishedAt })] });
    metrics.cardShown({ batch: done, position: null });
    metrics.cardShown({ batch: done, position: null });

    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    expect(text).toContain(
      'easel_run_duration_seconds_sum{pool="default",backend="desk",outcome="failed",failure="transient"} 1.5',
    );
    expect(text).toContain('easel_tasks{pool="default",state="waiting"} 3');
    expect(text).toContain('easel_backend_state{pool="default",backend="desk",state="resting"} 1');
    expect(text).toContain('easel_estimate_ratio_sum 1.5');
    expect(text).toContain('easel_estimate_ratio_count 1');
  } finally {
    await server.close();
  }
});

it('answers 503 while what it tells of cannot be asked', async () => {
  const metrics = createMetrics(() => toldAt);
  const fake = createFakeChatEngine();
  metrics.watch({ pools: () => Promise.reject(new Error('away')), backends: fake.backends });
  const server = await startHealthServer(0, async () => undefined, metrics);
  try {
    expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(503);
  } finally {
    await server.close();
  }
});
