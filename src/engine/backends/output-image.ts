import { crc32 } from 'node:zlib';
import { sniffMediaType } from '../images/image-type.js';

/**
 * Why the bytes are not one whole PNG, JPEG or WebP; undefined when they are. A server that dies
 * while it writes leaves half a file, which a decoder may draw with a grey lower part.
 */
export function whyNotWhole(bytes: Uint8Array): string | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (sniffMediaType(view)) {
    case 'image/png':
      return whyNotWholePng(view);
    case 'image/jpeg':
      return view.lastIndexOf('\xff\xd9', undefined, 'latin1') > 0 ? undefined : 'JPEG without end';
    case 'image/webp':
      return view.length >= 12 && view.length >= view.readUInt32LE(4) + 8
        ? undefined
        : `WebP of ${view.length} bytes says that it is longer`;
    default:
      return `${view.length} bytes that begin ${view.toString('hex', 0, 8)}`;
  }
}

/** Walks the chunks (PNG §5.3: length, type, data, CRC of type and data) up to IEND. */
function whyNotWholePng(view: Buffer): string | undefined {
  for (let at = 8; at + 12 <= view.length; ) {
    const length = view.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > view.length) break;
    if (crc32(view.subarray(at + 4, end)) !== view.readUInt32BE(end)) {
      return `PNG damaged at byte ${at}`;
    }
    if (view.toString('latin1', at + 4, at + 8) === 'IEND') return undefined;
    at = end + 4;
  }
  return `PNG broken off after ${view.length} bytes`;
}
