import type { Backend, BackendImage, BackendRequest } from '../backends/backend.js';
import type { Pools } from '../backends/pools.js';
import type { Database } from '../db/connection.js';
import { findInputs } from '../images/image.repository.js';
import { ImageMissingError, type ImageStore } from '../images/image-store.js';
import type { StartedRun } from '../tasks/held-runs.repository.js';
import type { RunKey } from '../tasks/run.repository.js';

export interface RunRequestDependencies {
  readonly db: Database;
  readonly pools: Pools;
  readonly store: ImageStore;
}

/**
 * The task as its backend is given it, with the bytes of its input images.
 * @throws ImageMissingError
 */
export async function prepareRequest(
  { db, pools, store }: RunRequestDependencies,
  key: RunKey,
  started: StartedRun,
  backend: Backend,
): Promise<BackendRequest> {
  const { request } = started;
  const inputs = await findInputs(
    db,
    [request.inputId, request.maskId, ...(request.referenceIds ?? [])].filter(
      (id) => id !== undefined,
    ),
  );
  const load = async (id: string | undefined): Promise<BackendImage | undefined> => {
    if (id === undefined) return undefined;
    const input = inputs.find((row) => row.id === id);
    if (!input) throw new ImageMissingError(id);
    const { mediaType, width, height, storageKey } = input;
    return { bytes: await store.get(storageKey), mediaType, width, height };
  };
  const [image, mask, ...references] = await Promise.all(
    [request.inputId, request.maskId, ...(request.referenceIds ?? [])].map(load),
  );
  const model = request.model
    ? (await pools.models()).find(
        ({ name, pool }) => name === request.model && pool.name === started.pool,
      )
    : undefined;
  return {
    runKey: `${key.taskId}-${key.run}`,
    operation: operationOn(backend, request.operation),
    prompt: request.prompt,
    ...(request.negative ? { negative: request.negative } : {}),
    ...(model ? { model: model.id } : {}),
    ...(request.aspect ? { aspect: parseAspect(request.aspect) } : {}),
    count: request.count,
    seed: started.seed ?? 0,
    ...(request.strength === undefined ? {} : { strength: request.strength }),
    ...(image ? { image } : {}),
    ...(mask ? { mask } : {}),
    references: references.filter((reference) => reference !== undefined),
  };
}

function operationOn(backend: Backend, operation: BackendRequest['operation']) {
  return operation === 'vary' && !backend.capabilities.operations.has('vary') ? 'edit' : operation;
}

/** `16:9` as the chat layer checked it. @throws on anything else: a defect, not bad input */
function parseAspect(aspect: string): { width: number; height: number } {
  const [width, height] = aspect.split(':').map(Number);
  if (!width || !height) throw new Error(`Not an aspect: ${JSON.stringify(aspect)}`);
  return { width, height };
}
