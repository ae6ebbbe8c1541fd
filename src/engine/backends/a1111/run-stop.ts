import { setTimeout as sleep } from 'node:timers/promises';
import type { A1111Client } from './a1111-client.js';
import type { A1111Log, A1111Timings } from './a1111-options.js';
import type { PositionReader } from './run-position.js';

export interface StopDependencies {
  readonly client: A1111Client;
  readonly timings: A1111Timings;
  readonly clock: { now(): number };
  readonly log: A1111Log;
  /** Ends the watch; the server is told nothing more. */
  readonly closing: AbortSignal;
}

/** A step in progress is finished first: asked again only when that should be long over. */
const interruptAgainMs = 2_000;
const stopPollMs = 200;

/**
 * Stops one task and never another's. The interrupt is global, so that it is sent only directly
 * after the server named our task as the one that runs; a queued one is waited for, as the server
 * cannot take it from its queue. Resolves when the server no longer has the task, cannot say whose
 * the running one is, or `watchMs` are over.
 * @throws BackendError when the server cannot be asked
 */
export async function stopTask(
  taskId: string,
  position: PositionReader,
  { client, timings, clock, log, closing }: StopDependencies,
): Promise<void> {
  const giveUpAt = clock.now() + timings.watchMs;
  let interruptedAt = Number.NEGATIVE_INFINITY;
  while (clock.now() < giveUpAt && !closing.aborted) {
    const { state } = await position(closing);
    if (state === 'absent') return;
    if (state === 'unknown') {
      log.info({ taskId }, 'A task is left to end by itself: the server does not say what runs');
      return;
    }
    if (state === 'active' && clock.now() - interruptedAt >= interruptAgainMs) {
      await client.interrupt();
      interruptedAt = clock.now();
    }
    await sleep(state === 'active' ? stopPollMs : timings.pollMs, undefined, {
      signal: closing,
    }).catch(() => undefined);
  }
}
