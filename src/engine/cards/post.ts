/** A message, or an album of them, that shows images of a batch beside its card. */
export interface Post {
  readonly id: string;
  readonly imageIds: readonly string[];
  /**
   * `sending` is on record before the send: where it still stands later, the process that sent it
   * has ended, and nobody knows whether the images arrived. `doubtful`: known to be unknown.
   */
  readonly state: 'sending' | 'sent' | 'doubtful';
  /** The platform's, once they are known. */
  readonly messageIds: readonly string[];
  readonly beganAt: Date;
}

/** Which images of a batch have been posted beside its card. An image stands in one post at most. */
export interface Posts {
  /** Before a send. Undefined: there is no such batch any more, so nothing may be sent. */
  begin(batchId: string, imageIds: readonly string[]): Promise<Post | undefined>;
  sent(batchId: string, postId: string, messageIds: readonly string[]): Promise<void>;
  /** It is known that nothing was sent: the images are still to be posted. */
  release(batchId: string, postId: string): Promise<void>;
  /** Nobody knows whether they arrived. The card is due, to say so. */
  doubt(batchId: string, postIds: readonly string[]): Promise<void>;
  /** Whoever asked for it wants all doubtful images again. The card is due. Returns how many. */
  sendAgain(batchId: string): Promise<number>;
}
