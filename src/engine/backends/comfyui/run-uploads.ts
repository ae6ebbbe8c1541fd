import { encodeMask, encodeMaskAsAlpha, imageWithMask } from '../../images/mask.js';
import type { BackendImage, BackendRequest } from '../backend.js';
import type { ComfyUiClient } from './comfyui-client.js';
import type { Uploads } from './run-plan.js';
import { readsMaskFromAlpha, takesMaskInImage } from './served-workflow.js';
import { referenceSlots } from './slots.js';
import type { Workflow } from './workflow.js';

/**
 * Puts a request's pictures where the workflow reads them. A mask goes as black and white, as the
 * server reads transparency the other way round, and none as 'nothing'; or as transparency, where
 * that is what the graph reads.
 * @throws BackendError
 */
export async function uploadInputs(
  { image, mask, references }: BackendRequest,
  workflow: Workflow,
  client: ComfyUiClient,
  signal: AbortSignal,
): Promise<Uploads> {
  const uploads: Uploads = {};
  if (image) {
    const holed =
      mask && takesMaskInImage(workflow)
        ? { ...image, ...png(await imageWithMask(image.bytes, mask.bytes)) }
        : image;
    uploads.image = await client.upload(holed, signal);
  }
  if (mask && workflow.slots.mask) {
    const encode = readsMaskFromAlpha(workflow) ? encodeMaskAsAlpha : encodeMask;
    uploads.mask = await client.upload({ ...mask, ...png(await encode(mask.bytes)) }, signal);
  }
  for (const [index, slot] of referenceSlots.entries()) {
    const reference = references[index];
    if (reference) uploads[slot] = await client.upload(reference, signal);
  }
  return uploads;
}

function png(bytes: Uint8Array): Pick<BackendImage, 'bytes' | 'mediaType'> {
  return { bytes, mediaType: 'image/png' };
}
