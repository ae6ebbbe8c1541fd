import { z } from 'zod';
import type { FilePieces } from '../file-pieces.js';
import { sniffMediaType } from '../image-type.js';
import type { ImageTexts } from './image-texts.js';
import { readJpegTexts, writeJpegTexts } from './jpeg-texts.js';
import { readPngTexts, writePngTexts } from './png-texts.js';
import { readWebpTexts, writeWebpTexts } from './webp-texts.js';

/** What made an image, as its file tells it. */
export interface ImageMetadata {
  /** The id under which the record has it. */
  readonly image: string;
  readonly operation: string;
  readonly prompt: string;
  readonly negative?: string;
  readonly model: string;
  /** Absent where this image has none of its own. */
  readonly seed?: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly aspect?: string;
  /** 0 to 1. */
  readonly strength?: number;
  readonly preset?: { readonly name: string; readonly version: number };
  /** SHA-256 of the backend's workflow, where it has such. */
  readonly workflow?: string;
  /** What else the backend tells: steps, sampler, … */
  readonly parameters?: Readonly<Record<string, string | number>>;
}

interface Picture {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture with these texts in its file and no others; none at all without. Its pixels are not
 * touched. Files of other types than PNG, JPEG and WebP, and damaged ones, stay as they are.
 */
export function writeTexts(picture: Picture, texts: ImageTexts | undefined): FilePieces {
  const file = viewOf(picture.bytes);
  switch (picture.mediaType) {
    case 'image/png':
      return writePngTexts(file, texts);
    case 'image/jpeg':
      return writeJpegTexts(file, texts);
    case 'image/webp':
      return writeWebpTexts(file, picture, texts);
    default:
      return [picture.bytes];
  }
}

/** The texts that Easel wrote into a file; undefined where there are none. Anybody may have written them. */
export function readTexts(bytes: Uint8Array): ImageTexts | undefined {
  const { parameters, easel } = readAny(viewOf(bytes));
  return easel === undefined || imageIn(easel) === undefined
    ? undefined
    : { parameters: parameters ?? '', easel };
}

/** The id that a file says its image has: a hint where to look, and no proof of anything. */
export function imageIdIn(bytes: Uint8Array): string | undefined {
  const texts = readTexts(bytes);
  return texts && imageIn(texts.easel);
}

export function textsOf(metadata: ImageMetadata): ImageTexts {
  return { parameters: parametersText(metadata), easel: JSON.stringify(metadata) };
}

function readAny(file: Buffer): Partial<ImageTexts> {
  switch (sniffMediaType(file)) {
    case 'image/png':
      return readPngTexts(file);
    case 'image/jpeg':
      return readJpegTexts(file);
    case 'image/webp':
      return readWebpTexts(file);
    default:
      return {};
  }
}

const marked = z.object({ image: z.string().regex(/^[\w-]{1,64}$/) });

function imageIn(easel: string): string | undefined {
  try {
    return marked.parse(JSON.parse(easel)).image;
  } catch {
    // Somebody else's text.
    return undefined;
  }
}

/** The names that AUTOMATIC1111 gives to what backends here tell. */
const names: Readonly<Record<string, string>> = {
  steps: 'Steps',
  sampler: 'Sampler',
  scheduler: 'Schedule type',
  cfg: 'CFG scale',
  denoise: 'Denoising strength',
  vae: 'VAE',
};

/** Three parts: the prompt, `Negative prompt: …`, and one line of `Name: value` pairs. */
function parametersText(metadata: ImageMetadata): string {
  const { prompt, negative, parameters = {}, seed, width, height, model } = metadata;
  const told = Object.entries(parameters).map(([key, value]): [string, string | number] => [
    names[key] ?? key,
    value,
  ]);
  const pairs: [string, string | number][] = [
    ...told,
    ...(seed === undefined ? [] : [['Seed', seed] satisfies [string, number]]),
    ['Size', `${width}x${height}`],
    ['Model', model],
    ['Version', 'Easel'],
  ];
  const line = pairs.map(([key, value]) => `${key}: ${quoted(String(value))}`).join(', ');
  return [prompt, ...(negative ? [`Negative prompt: ${negative}`] : []), line].join('\n');
}

/** As there: whatever would be taken for the line's own marks stands in quotes. */
function quoted(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
