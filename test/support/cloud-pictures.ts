import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** What a stand-in of an image service draws by. */
export interface PictureOrder {
  readonly prompt: string;
  readonly negative?: string | undefined;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly seed: number;
  readonly inputs: readonly Buffer[];
  /** Transparent where the first input may change. */
  readonly mask?: Buffer;
  /** How far from the first input, 0 to 1. */
  readonly strength?: number;
}

/** A PNG whose colours depend on every part of the order: equal orders give equal pixels. */
export async function drawCloudPicture(
  order: PictureOrder & { readonly shrink: number },
): Promise<Buffer> {
  const width = Math.max(8, Math.round(order.width / order.shrink));
  const height = Math.max(8, Math.round(order.height / order.shrink));
  const words = `${order.prompt}\0${order.negative ?? ''}\0${order.seed}`;
  const [r = 0, g = 0, b = 0] = createHash('sha256').update(words).digest();
  const background = { r, g, b };
  const fresh = sharp({ create: { width, height, channels: 3, background } });
  if (order.inputs.length === 0) return fresh.png().toBuffer();
  const inputs = await Promise.all(
    order.inputs.map((bytes) =>
      sharp(bytes).resize(width, height, { fit: 'cover' }).removeAlpha().png().toBuffer(),
    ),
  );
  const [image = Buffer.of()] = inputs;
  if (order.mask) {
    const kept = await sharp(order.mask)
      .resize(width, height, { fit: 'cover' })
      .extractChannel('alpha')
      .toBuffer();
    const over = await sharp(image).joinChannel(kept).png().toBuffer();
    return fresh
      .composite([{ input: over }])
      .png()
      .toBuffer();
  }
  const opacity = 1 - (order.strength ?? 0.5);
  const layers = await Promise.all(
    inputs.map(async (input) => ({
      input: await sharp(input).ensureAlpha(opacity).png().toBuffer(),
    })),
  );
  return fresh.composite(layers).png().toBuffer();
}
