import sharp from 'sharp';
import { composeGrid } from '../../src/engine/images/grid.js';
import { type BenchContext, rounds } from '../bench-context.js';
import { compared, type Row } from '../row.js';

/** A grid of four pictures of 1024², against the same by hand with sharp. */
export async function grids({ say, quick }: BenchContext): Promise<Row[]> {
  say('grids');
  const pictures = await Promise.all([1, 2, 3, 4].map(noisyPicture));
  const times: { floor: number[]; easel: number[] } = { floor: [], easel: [] };
  for (let round = 0; round <= (quick ? 3 : rounds); round += 1) {
    const bare = await timed(() => bareGrid(pictures));
    const own = await timed(() => composeGrid(pictures));
    if (round === 0) continue;
    times.floor.push(bare);
    times.easel.push(own);
  }
  return [
    compared({
      figure: 'grid of four pictures of 1024², against bare sharp',
      unit: 'ms',
      ...times,
      goal: { most: 1.1 },
    }),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganAt = performance.now();
  await work();
  return performance.now() - beganAt;
}

/** Colours in large waves, with some grain: packs about as a picture does. */
function noisyPicture(seed: number): Promise<Buffer> {
  const side = 1024;
  const pixels = Buffer.alloc(side * side * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const x = (at / 3) % side;
    const y = Math.floor(at / 3 / side);
    const grain = (at * 2654435761 * seed) % 16;
    pixels[at] = 128 + 90 * Math.sin(x / (60 + seed)) + grain;
    pixels[at + 1] = 128 + 90 * Math.sin(y / (45 + seed)) + grain;
    pixels[at + 2] = 128 + 90 * Math.sin((x + y) / 80) + grain;
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

async function bareGrid(pictures: readonly Buffer[]): Promise<Buffer> {
  const gap = 8;
  const [width, height, half] = [2048, 2048, (2048 - gap) / 2];
  const tiles = await Promise.all(
    pictures.map(async (picture, index) => ({
      input: await sharp(picture).resize(half, half).png({ compressionLevel: 1 }).toBuffer(),
      left: (index % 2) * (half + gap),
      top: Math.floor(index / 2) * (half + gap),
    })),
  );
  return sharp({ create: { width, height, channels: 3, background: '#17181c' } })
    .composite(tiles)
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
