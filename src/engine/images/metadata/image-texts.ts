import type { ExifFields } from './exif.js';

/** The two texts that Easel writes into a picture's file. */
export interface ImageTexts {
  /** As AUTOMATIC1111 writes it, so that other programs read it. */
  readonly parameters: string;
  /** JSON: whose image it is, and all that made it. */
  readonly easel: string;
}

/** The same where a file has no texts of its own, but EXIF. */
export function exifOf(texts: ImageTexts | undefined): ExifFields {
  return texts === undefined ? {} : { description: texts.easel, comment: texts.parameters };
}

export function textsIn({ description, comment }: ExifFields): Partial<ImageTexts> {
  return {
    ...(description !== undefined && { easel: description }),
    ...(comment !== undefined && { parameters: comment }),
  };
}
