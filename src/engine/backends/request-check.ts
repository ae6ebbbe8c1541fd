import type { BackendCapabilities, BackendRequest } from './backend.js';
import { invalidRequest } from './local-run.js';

/**
 * Refuses what the capabilities do not cover, before anything leaves. Commands check the same before
 * a task is queued; a configuration may have changed since.
 * @throws BackendError invalid-request
 */
export function checkRequest(
  { operation, image, mask, references, count }: BackendRequest,
  can: BackendCapabilities,
): void {
  if (!can.operations.has(operation))
    throw invalidRequest(`this image service cannot ${operation}`);
  if (operation !== 'generate' && !image) throw invalidRequest('an image to start from is missing');
  if (operation === 'inpaint' && !mask) throw invalidRequest('a mask is missing');
  if (operation !== 'inpaint' && mask) throw invalidRequest(`a mask is of no use to ${operation}`);
  if (references.length > can.references) {
    throw invalidRequest(`${references.length} references came; ${can.references} are the most`);
  }
  if (count < 1 || count > can.maxCount) {
    throw invalidRequest(`${count} images were asked for; ${can.maxCount} are the most`);
  }
}
