import type { BackendCapabilities, BackendRequest } from './backend.js';
import { unsupported } from './service-errors.js';

/**
 * Refuses what the capabilities do not cover, before anything leaves. Commands check the same before
 * a task is queued; a configuration may have changed since.
 * @throws BackendError invalid-request
 */
export function checkRequest(
  { operation, image, mask, references, count }: BackendRequest,
  can: BackendCapabilities,
): void {
  if (!can.operations.has(operation)) throw unsupported(`this image service cannot ${operation}`);
  if (operation !== 'generate' && !image) throw unsupported('an image to start from is missing');
  if (operation === 'inpaint' && !mask) throw unsupported('a mask is missing');
  if (operation !== 'inpaint' && mask) throw unsupported(`a mask is of no use to ${operation}`);
  if (references.length > can.references) {
    throw unsupported(`${references.length} references came; ${can.references} are the most`);
  }
  if (count < 1 || count > can.maxCount) {
    throw unsupported(`${count} images were asked for; ${can.maxCount} are the most`);
  }
}
