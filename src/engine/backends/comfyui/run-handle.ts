import { z } from 'zod';
import type { BackendHandle } from '../backend.js';
import { nameOf } from '../checkpoint-profile.js';

const shape = z.object({
  promptId: z.string().min(1),
  clientId: z.string().min(1),
  /** The model's id in the catalogue. */
  model: z.string().min(1),
  /** As people read it. */
  name: z.string().min(1),
  /** Ids of the nodes whose images count, with commas between. */
  outputs: z.string(),
});

/** What a run is taken up again by. */
export type RunHandle = z.infer<typeof shape>;

export function handleOf({ promptId, clientId, model, name, outputs }: RunHandle): BackendHandle {
  return { promptId, clientId, model, name, outputs };
}

/** As it was when checkpoints were all that there was. */
const olderShape = shape
  .pick({ promptId: true, clientId: true })
  .extend({ checkpoint: z.string().min(1) })
  .transform(({ checkpoint, ...ids }) => {
    return { ...ids, model: checkpoint, name: nameOf(checkpoint), outputs: '' };
  });

/** Undefined for a handle that this backend never saved. */
export function readHandle(handle: BackendHandle): RunHandle | undefined {
  return shape.or(olderShape).safeParse(handle).data;
}
