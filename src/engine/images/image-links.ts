import { createHmac, timingSafeEqual } from 'node:crypto';

/** Long enough for a link that stands in a chat over a weekend. */
const lifetimeMs = 7 * 24 * 60 * 60_000;

/** Signed addresses of images, for those that are too large for a chat. */
export interface ImageLinks {
  /** Valid for a week. */
  linkTo(imageId: string): string;
  /** Which image a path names. Undefined: not signed by us, or expired. */
  imageOf(path: string): string | undefined;
}

export interface ImageLinksOptions {
  /** Where this installation is reached from outside, without a slash at its end. */
  readonly publicUrl: string;
  readonly secret: string;
  readonly now: () => Date;
}

/** `…/images/ID/EXPIRY/SIGNATURE`: letters and digits alone, which no chat takes for markup. */
export function createImageLinks({ publicUrl, secret, now }: ImageLinksOptions): ImageLinks {
  const sign = (imageId: string, expiry: string): Buffer =>
    createHmac('sha256', secret).update(`image ${imageId} ${expiry}`).digest();

  return {
    linkTo(imageId) {
      const expiry = (now().getTime() + lifetimeMs).toString(36);
      const signature = sign(imageId, expiry).toString('hex');
      return `${publicUrl}/images/${imageId}/${expiry}/${signature}`;
    },

    imageOf(path) {
      const match = /\/images\/([A-Za-z0-9_-]{1,64})\/([0-9a-z]{1,12})\/([0-9a-f]{64})$/.exec(path);
      const [, imageId, expiry, signature] = match ?? [];
      if (!imageId || !expiry || !signature) return undefined;
      const isOurs = timingSafeEqual(sign(imageId, expiry), Buffer.from(signature, 'hex'));
      return isOurs && Number.parseInt(expiry, 36) > now().getTime() ? imageId : undefined;
    },
  };
}
