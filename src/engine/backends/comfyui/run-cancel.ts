import { setTimeout as sleep } from 'node:timers/promises';
import { BackendError } from '../backend-error.js';
import type { ComfyUiClient, RunIds } from './comfyui-client.js';
import type { ComfyUiLog, ComfyUiTimings } from './comfyui-options.js';

export interface RunCancelOptions {
  readonly client: ComfyUiClient;
  readonly timings: ComfyUiTimings;
  readonly clock: { now(): number };
  readonly log: ComfyUiLog;
}

const checkMs = 200;
/** A step in progress is finished first: asked again only when that should be long over. */
const interruptAgainMs = 2_000;

/**
 * Stops one run at the server and never another's: by its id on new versions; on older ones by
 * taking it from the queue, or, when the queue says that it is the one that runs, by an interrupt.
 * That interrupt carries the id; versions that do not read it stop whatever runs, so the queue is
 * asked directly before. Resolves when the server no longer has the run, or after `cancelMs`.
 * @throws BackendError when the server cannot be asked
 */
export async function cancelRun(run: RunIds, options: RunCancelOptions): Promise<void> {
  const { client, timings, clock, log } = options;
  if ((await client.cancelJob(run.promptId)) === true) return;

  const giveUpAt = clock.now() + timings.cancelMs;
  let interruptedAt = Number.NEGATIVE_INFINITY;
  // Checked to the end: a pending run may begin while it is deleted, and the server drops an
  // interrupt that arrives between its taking a run from the queue and its beginning.
  while (true) {
    try {
      const place = await client.queued(run);
      if (place === undefined) return;
      const { promptId } = place;
      if (place.state === 'pending') {
        await client.deletePending(promptId);
      } else if (clock.now() - interruptedAt >= interruptAgainMs) {
        await client.interrupt(promptId);
        interruptedAt = clock.now();
      }
    } catch (error) {
      const isPassing = error instanceof BackendError && error.kind === 'transient';
      if (!isPassing || clock.now() >= giveUpAt) throw error;
    }
    if (clock.now() >= giveUpAt) {
      log.warn({ ...run }, 'ComfyUI was told to stop a run and still has it');
      return;
    }
    await sleep(checkMs);
  }
}
