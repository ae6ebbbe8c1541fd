import type { CardButton } from './cards/card-view.js';

/**
 * A message of lists, pictures and buttons that answers a command: unlike a card it is shown once,
 * and changes only where one of its own buttons says so. All texts are plain.
 */
export interface Panel {
  readonly text: string;
  /** To be copied: shown in letters of one width. */
  readonly code?: string;
  readonly entries?: readonly PanelEntry[];
  /** Finished images to be shown whole: a gallery on Discord, a grid on Telegram. */
  readonly images?: readonly PanelImage[];
  /** Rows of at most five, under all else. */
  readonly buttons: readonly (readonly CardButton[])[];
}

export interface PanelEntry {
  readonly text: string;
  readonly thumbnail: PanelThumbnail | null;
  /** At most five. */
  readonly buttons: readonly CardButton[];
}

export interface PanelImage {
  readonly id: string;
  /** For screen readers. */
  readonly description: string;
}

/** A small picture of an image that is still stored. */
export interface PanelThumbnail extends PanelImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}
