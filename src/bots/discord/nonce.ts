import { createHash } from 'node:crypto';

/** Discord knows a nonce for a few minutes; after this, the channel is searched instead. */
export const nonceTrustMs = 120_000;

/** At most 25 characters; the same for the same thing to be said. */
export function nonceOf(meaning: string): string {
  return createHash('sha256').update(meaning).digest('base64url').slice(0, 25);
}
