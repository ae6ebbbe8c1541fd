/** The queue's service is there, and must not be used as it is set. Waiting does not help. */
export class UnfitQueueError extends Error {
  override readonly name = 'UnfitQueueError';
}
