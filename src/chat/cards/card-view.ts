import type { ButtonAction } from '../buttons.js';

/** What a card says, on whatever platform: a pure function of batch, progress, position and now. */
export interface CardView {
  readonly phase: 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** What the user typed, raw. The bots escape it, shorten it to what fits, and show it bold. */
  readonly prompt: string;
  /** Whose card it is. Shown as a mention that never pings. */
  readonly owner: { readonly platformUserId: string; readonly name: string };
  /** More than one: each of its images is shown for itself, as it is finished. */
  readonly tasks: number;
  /** Lines under the prompt, plain text in the owner's language, without any markup. */
  readonly lines: readonly string[];
  readonly picture: CardPicture | null;
  /** Rows of at most five. */
  readonly buttons: readonly (readonly CardButton[])[];
}

export type CardPicture =
  | { readonly kind: 'preview'; readonly bytes: Uint8Array; readonly mediaType: string }
  /**
   * Not all of them are stored any more: what the chat shows already stays as it is, and of those
   * that are, the ones that it has not shown yet come to it.
   */
  | { readonly kind: 'kept'; readonly images: readonly ResultImage[] }
  /** Finished images, in order of task and index. */
  | { readonly kind: 'results'; readonly images: readonly ResultImage[] };

/** Read its bytes by `engine.readImage…`. */
export interface ResultImage {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly byteLength: number;
  readonly mediaType: string;
  /** Plain text for screen readers and for what differs within a batch. */
  readonly description: string;
  /** `3/8`, and what differs within a batch: the words beside an image that stands alone. */
  readonly label: string;
  /** Milliseconds since 1970 when it was finished. */
  readonly finishedAtMs: number;
}

export interface CardButton {
  readonly label: string;
  readonly action: ButtonAction;
  readonly style: 'primary' | 'secondary' | 'danger';
}
