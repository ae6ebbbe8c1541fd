/** What the bytes of an image say of themselves, read from the header before anything is decoded. */
export interface ImageInfo {
  readonly mediaType:
    | 'image/png'
    | 'image/jpeg'
    | 'image/webp'
    | 'image/gif'
    | 'image/avif'
    | 'image/tiff';
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
}

export interface ImageLimits {
  readonly maxBytes: number;
  readonly maxPixels: number;
}

export type ImageProblem =
  | { readonly kind: 'not-an-image' }
  | { readonly kind: 'unsupported-type'; readonly mediaType: string }
  | { readonly kind: 'too-many-bytes'; readonly bytes: number; readonly maxBytes: number }
  | { readonly kind: 'too-many-pixels'; readonly pixels: number; readonly maxPixels: number }
  | { readonly kind: 'broken' };

/** Thrown by all that reads images from outside; the chat layer turns `problem` into a text. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  constructor(readonly problem: ImageProblem) {
    super(`Image refused: ${JSON.stringify(problem)}`);
  }
}
