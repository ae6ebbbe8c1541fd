import { hasPngChunk } from './png-chunks.js';

/**
 * What the first bytes say a file is, whatever its name or content type claims. Knows the types
 * that Easel takes, and those that people mistake for them, so that the refusal can name the type.
 * Undefined for all else.
 */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024));
  const text = head.toString('latin1');
  for (const [signature, mediaType] of signatures) {
    if (text.startsWith(signature)) return mediaType;
  }
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (text.slice(4, 8) === 'ftyp') return sniffBrand(head, text);
  return /^(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!doctype svg|<svg)/i.test(text) && /<svg/i.test(text)
    ? 'image/svg+xml'
    : undefined;
}

const signatures: readonly (readonly [string, string])[] = [
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['%PDF-', 'application/pdf'],
  ['%!PS', 'application/postscript'],
  ['8BPS', 'image/vnd.adobe.photoshop'],
  ['BM', 'image/bmp'],
  ['\0\0\x01\0', 'image/x-icon'],
  ['\xff\x0a', 'image/jxl'],
  ['\0\0\0\x0cJXL ', 'image/jxl'],
  ['\x1aE\xdf\xa3', 'video/webm'],
  ['PK\x03\x04', 'application/zip'],
];

/** ISO 14496-12: after `ftyp` a major brand, a version, and the compatible brands, 4 bytes each. */
function sniffBrand(head: Buffer, text: string): string {
  const size = Math.min(head.readUInt32BE(0), head.length);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= size; at += 4) brands.push(text.slice(at, at + 4));
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'image/avif';
  if (brands.some((brand) => /^(hei|hev|mif1|msf1)/.test(brand))) return 'image/heic';
  return 'video/mp4';
}

/** Whether more than one frame is announced before the first one's pixels. */
export function announcesAnimation(bytes: Uint8Array, mediaType: string): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (mediaType === 'image/webp') {
    return view.toString('latin1', 12, 16) === 'VP8X' && ((view[20] ?? 0) & 0b10) !== 0;
  }
  return mediaType === 'image/png' && hasPngChunk([view], 'acTL', 'IDAT');
}
