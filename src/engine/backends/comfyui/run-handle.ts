import { z } from 'zod';
import type { BackendHandle } from '../backend.js';

const runHandle = z.object({
  promptId: z.string().min(1),
  clientId: z.string().min(1),
  checkpoint: z.string().min(1),
});

/** What a run is taken up again by. */
export type RunHandle = z.infer<typeof runHandle>;

export function handleOf({ promptId, clientId, checkpoint }: RunHandle): BackendHandle {
  return { promptId, clientId, checkpoint };
}

/** Undefined for a handle that this backend never saved. */
export function readHandle(handle: BackendHandle): RunHandle | undefined {
  return runHandle.safeParse(handle).data;
}
