import { createHash } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';

export type StandInGraph = Record<
  string,
  { class_type: string; inputs: Record<string, unknown>; _meta?: unknown }
>;

/** One image or latent on its way through a graph. */
interface Item {
  readonly width: number;
  readonly height: number;
  /** What a sampler made: which noise, from which words, over which input. */
  readonly noise?: string;
  readonly denoise?: number;
  readonly source?: Buffer;
  readonly crop?: boolean;
  /** Where noise is laid; everywhere where absent. */
  readonly mask?: Item;
  /** What was there before, seen where the mask is black. */
  readonly below?: Item;
}

/**
 * What a graph's save node would save: not what a model draws, but decided by the same things. The
 * seed and the place in the batch give the noise, the words tint it, the input shines through.
 */
export async function picturesOf(
  graph: StandInGraph,
  saveNode: string,
  uploads: ReadonlyMap<string, Buffer>,
): Promise<Buffer[]> {
  const items = await evaluate(graph, graph[saveNode]?.inputs.images, uploads);
  return Promise.all(items.map(render));
}

async function evaluate(
  graph: StandInGraph,
  link: unknown,
  uploads: ReadonlyMap<string, Buffer>,
): Promise<Item[]> {
  const node = Array.isArray(link) ? graph[String(link[0])] : undefined;
  if (node === undefined) throw new Error(`no node at ${JSON.stringify(link)}`);
  const { inputs } = node;
  const from = (name: string) => evaluate(graph, inputs[name], uploads);
  const number = (name: string) => Number(inputs[name]);
  switch (node.class_type) {
    case 'EmptyImage':
    case 'EmptySD3LatentImage':
    case 'EmptyLatentImage': {
      const item = { width: number('width'), height: number('height') };
      return Array.from({ length: number('batch_size') }, () => item);
    }
    case 'LoadImage': {
      const source = uploads.get(String(inputs.image));
      const { width, height } = await sharp(source).metadata();
      return [{ width, height, ...(source && { source }) }];
    }
    case 'ImageScale':
      return (await from('image')).map((item) => ({
        ...item,
        width: number('width'),
        height: number('height'),
        crop: inputs.crop === 'center',
      }));
    case 'ImageUpscaleWithModel':
      return (await from('image')).map((item) => scaled(item, 4));
    case 'ImageScaleBy':
      return (await from('image')).map((item) => scaled(item, number('scale_by')));
    case 'LatentUpscaleBy':
      return (await from('samples')).map((item) => scaled(item, number('scale_by')));
    case 'VAEEncode':
      return (await from('pixels')).map((item) => ({
        ...item,
        width: item.width - (item.width % 8),
        height: item.height - (item.height % 8),
      }));
    case 'VAEDecode':
      return from('samples');
    case 'ImageToMask':
      return from('image');
    case 'RepeatImageBatch': {
      const items = await from('image');
      return Array.from({ length: number('amount') }, () => items).flat();
    }
    case 'SetLatentNoiseMask': {
      const [mask] = await from('mask');
      return (await from('samples')).map((item) => ({ ...item, ...(mask && { mask }) }));
    }
    case 'ImageCompositeMasked': {
      // As the real one does: there are as many results as destinations.
      const [destinations, sources, [mask]] = [
        await from('destination'),
        await from('source'),
        await from('mask'),
      ];
      return destinations.map((below, index) => {
        const source = sources[index % sources.length];
        if (!source || !mask) throw new Error('nothing to compose');
        return { ...source, mask, below };
      });
    }
    case 'RepeatLatentBatch': {
      const items = await from('samples');
      return Array.from({ length: number('amount') }, () => items).flat();
    }
    case 'KSampler': {
      const words = JSON.stringify([
        textOf(graph, inputs.positive),
        textOf(graph, inputs.negative),
      ]);
      return (await from('latent_image')).map((item, index) => ({
        ...item,
        noise: `${inputs.seed}/${index}/${words}`,
        denoise: number('denoise'),
      }));
    }
    default:
      throw new Error(`the stand-in cannot run ${node.class_type}`);
  }
}

function scaled(item: Item, by: number): Item {
  return { ...item, width: Math.round(item.width * by), height: Math.round(item.height * by) };
}

/** The words, and the pictures that go with them, of all that leads to a conditioning. */
function textOf(graph: StandInGraph, link: unknown): unknown {
  if (!Array.isArray(link)) return undefined;
  const inputs = graph[String(link[0])]?.inputs ?? {};
  const { text, prompt, conditioning } = inputs;
  const pictures = ['image2', 'image3'].map((name) => {
    const [source] = Array.isArray(inputs[name]) ? inputs[name] : [];
    return graph[String(source)]?.inputs.image;
  });
  return text ?? (prompt === undefined ? textOf(graph, conditioning) : [prompt, ...pictures]);
}

async function render(item: Item): Promise<Buffer> {
  const pixels = await paint(item);
  const { width, height } = item;
  const raw = { width, height, channels: 3 } as const;
  return sharp(pixels, { raw }).png({ compressionLevel: 1 }).toBuffer();
}

async function paint(item: Item): Promise<Buffer> {
  const { width, height } = item;
  const drawn = await noiseOf(item.noise ?? '')
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  if (item.source !== undefined) {
    const fit = item.crop ? 'cover' : 'fill';
    const base = sharp(item.source).flatten({ background: '#000' }).toColourspace('srgb');
    const below = await base.resize(width, height, { fit }).raw().toBuffer();
    const share = item.noise === undefined ? 0 : (item.denoise ?? 1);
    const marked = item.mask && (await paint({ ...item.mask, width, height }));
    const kept = item.below && (await paint(item.below));
    for (let i = 0; i < drawn.length; i++) {
      // A sampler's mask is as coarse as its latent: what it leaves is not quite what was there.
      const under = (below[i] ?? 0) + (kept || !marked ? 0 : 12);
      const noisy = (marked ? (marked[i] ?? 0) / 255 : 1) * share;
      const sampled = (drawn[i] ?? 0) * noisy + under * (1 - noisy);
      const shown = kept && marked ? (marked[i] ?? 0) / 255 : 1;
      drawn[i] = sampled * shown + (kept?.[i] ?? 0) * (1 - shown);
    }
  }
  return drawn;
}

function noiseOf(name: string): Sharp {
  const pixels = Buffer.concat(
    Array.from({ length: 6 }, (_, row) => createHash('sha256').update(`${row}/${name}`).digest()),
  );
  return sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } });
}
