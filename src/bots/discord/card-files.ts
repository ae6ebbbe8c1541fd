import type { CardPicture, CardView, ResultImage } from '../../chat/index.js';
import { type Engine, joined } from '../../engine/index.js';
import type { CardFile } from './card-message.js';

/** Files a message, and items a media gallery. https://discord.com/developers/docs/components/reference#media-gallery */
export const fileLimit = 10;

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
};

const previewName = 'preview';

type PreviewPicture = Extract<CardPicture, { kind: 'preview' }>;
type ImageReader = Pick<Engine, 'readGrid' | 'readImageWithin'>;

export function previewFile({ bytes, mediaType }: PreviewPicture): CardFile {
  const name = `${previewName}.${extensionOf(mediaType)}`;
  return { name, bytes, mediaType, description: '' };
}

export function isPreview(fileName: string): boolean {
  return fileName.startsWith(`${previewName}.`);
}

/** Of a file that `imageFiles` has named. */
export function imageIdOf(fileName: string): string | undefined {
  return /^easel-([^.]+)\./.exec(fileName)?.[1];
}

/**
 * The images of a card as files of at most `maxBytes` each: the grid first, then the originals.
 * Where the grid and the originals are more than ten, or the images are of several tasks, the
 * originals alone.
 */
export async function cardFiles(
  engine: ImageReader,
  { tasks }: Pick<CardView, 'tasks'>,
  images: readonly ResultImage[],
  maxBytes: number,
): Promise<CardFile[]> {
  const withGrid = tasks === 1 && images.length > 1 && images.length < fileLimit;
  const [grid, originals] = await Promise.all([
    withGrid ? gridFile(engine, images, maxBytes) : undefined,
    imageFiles(engine, images, maxBytes),
  ]);
  return grid ? [grid, ...originals] : originals;
}

/** Finished images as files, each as it is where it fits. */
export async function imageFiles(
  engine: ImageReader,
  images: readonly { readonly id: string; readonly description: string }[],
  maxBytes: number,
): Promise<CardFile[]> {
  return Promise.all(
    images.map(async ({ id, description }) => {
      const { pieces, mediaType } = await engine.readImageWithin(id, { maxBytes });
      const bytes = joined(pieces);
      return { name: `easel-${id}.${extensionOf(mediaType)}`, bytes, mediaType, description };
    }),
  );
}

/** Undefined when it is too large: the originals say the same. */
async function gridFile(
  engine: ImageReader,
  images: readonly { readonly id: string; readonly description: string }[],
  maxBytes: number,
): Promise<CardFile | undefined> {
  const { bytes, mediaType } = await engine.readGrid(images.map(({ id }) => id));
  if (bytes.byteLength > maxBytes) return undefined;
  const description = images.map((image) => image.description).find((text) => text !== '') ?? '';
  return { name: `grid.${extensionOf(mediaType)}`, bytes, mediaType, description };
}

export function extensionOf(mediaType: string): string {
  return extensions[mediaType] ?? 'bin';
}
