import { randomFillSync } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';

const wantedBytes = 1_000_000;

/**
 * A PNG of 1 MB, most of it in a private chunk that readers pass over. All of it is stored and sent,
 * but nobody decodes a megapixel: the stand-in of Telegram makes its sizes from each photo, and
 * would else take far more time than what is measured.
 */
export async function preparedPicture(): Promise<Buffer> {
  const small = await sharp({
    create: { width: 64, height: 64, channels: 3, background: '#4466aa' },
  })
    .png()
    .toBuffer();
  const end = small.length - endChunkBytes;
  const filler = randomFillSync(Buffer.alloc(wantedBytes - small.length - chunkFrameBytes));
  return Buffer.concat([small.subarray(0, end), chunk('prIv', filler), small.subarray(end)]);
}

/** Length, type and checksum around a chunk's data; IEND has none of its own. */
const chunkFrameBytes = 12;
const endChunkBytes = chunkFrameBytes;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
