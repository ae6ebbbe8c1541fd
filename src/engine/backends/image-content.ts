import type { BackendImage } from './backend.js';
import { whyNotWhole } from './output-image.js';

/** One whole image as a service wrote it into JSON, or why it is none. */
export type DecodedContent =
  | { readonly bytes: Uint8Array; readonly problem?: undefined }
  | { readonly problem: string; readonly bytes?: undefined };

/** Base64 as it is, or behind `data:image/…;base64,`. */
export function decodeImageContent(text: string): DecodedContent {
  const content = text.replace(/^data:[^,]{0,100},/, '');
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(content)) {
    return { problem: `no base64: ${JSON.stringify(content.slice(0, 20))}` };
  }
  const bytes = Buffer.from(content, 'base64');
  const problem = whyNotWhole(bytes);
  return problem === undefined ? { bytes } : { problem };
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

export function dataUrlOf({ bytes, mediaType }: Pick<BackendImage, 'bytes' | 'mediaType'>): string {
  return `data:${mediaType};base64,${encodeBase64(bytes)}`;
}
