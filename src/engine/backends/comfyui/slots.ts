import { closest } from 'fastest-levenshtein';

/** What Easel can put into a graph, by the name that stands in a node's title after `easel:`. */
const slotNames = [
  'prompt',
  'negative',
  /** Pixels. */
  'width',
  'height',
  /** Images in one run. */
  'count',
  /** 0 to 2^32 - 1. */
  'seed',
  /** 0 to 1; `denoise` of a sampler. */
  'strength',
  /** As `LoadImage` takes it: the stored name, after its subfolder and a slash. */
  'image',
  /** Likewise: a picture that is white where the image may change, and black elsewhere. */
  'mask',
  'reference1',
  'reference2',
  'reference3',
  /** The begin of the saved file's name. */
  'prefix',
  'steps',
  'cfg',
  'guidance',
  'sampler',
  'scheduler',
  /** Files, as the server lists them. */
  'model',
  'vae',
  'encoder1',
  'encoder2',
  'encoder3',
  'upscaler',
] as const;

export type Slot = (typeof slotNames)[number];

/** A word of a title: a slot, `size` for width and height, or `output` for what is to be shown. */
export interface SlotMark {
  readonly name: Slot | 'size' | 'output';
  /** The node's input, where the title names it. */
  readonly input?: string;
}

export const referenceSlots = ['reference1', 'reference2', 'reference3'] as const;

/**
 * Inputs that a slot takes where its title names none: the first group of which a node has any, and
 * all of that group that it has. E.g. `CLIPTextEncodeFlux` has two texts and no `text`.
 */
const usualInputs: Readonly<Record<Slot, readonly (readonly string[])[]>> = {
  prompt: texts(),
  negative: texts(),
  width: [['width'], ['value'], ['int']],
  height: [['height'], ['value'], ['int']],
  count: [['batch_size'], ['amount'], ['value'], ['int']],
  seed: [['seed'], ['noise_seed'], ['value'], ['int']],
  strength: [['denoise'], ['strength'], ['value'], ['float']],
  image: [['image'], ['value']],
  mask: [['image'], ['mask'], ['value']],
  reference1: [['image'], ['value']],
  reference2: [['image'], ['value']],
  reference3: [['image'], ['value']],
  prefix: [['filename_prefix'], ['value'], ['string']],
  steps: [['steps'], ['value'], ['int']],
  cfg: [['cfg'], ['value'], ['float']],
  guidance: [['guidance'], ['value'], ['float']],
  sampler: [['sampler_name'], ['sampler'], ['value']],
  scheduler: [['scheduler'], ['value']],
  model: [['ckpt_name'], ['unet_name'], ['model_name'], ['value']],
  vae: [['vae_name'], ['value']],
  encoder1: [['clip_name'], ['clip_name1'], ['value']],
  encoder2: [['clip_name2'], ['value']],
  encoder3: [['clip_name3'], ['value']],
  upscaler: [['model_name'], ['value']],
};

function texts(): readonly (readonly string[])[] {
  const pairs = [
    ['text_g', 'text_l'],
    ['clip_l', 'clip_g', 't5xxl', 'llama'],
  ];
  return [['text'], ['prompt'], ['value'], ['string'], ...pairs];
}

/** The inputs of a node that a slot fills; none where the node has none of those it could. */
export function inputsFor(slot: Slot, inputs: Readonly<Record<string, unknown>>): string[] {
  for (const group of usualInputs[slot]) {
    const found = group.filter((input) => input in inputs);
    if (found.length > 0) return found;
  }
  return [];
}

/** What a title marks, and what it means to mark and cannot. Other words in it are the operator's. */
export function readTitle(title: string): { marks: SlotMark[]; unknown: string[] } {
  const marks: SlotMark[] = [];
  const unknown: string[] = [];
  for (const [, word = '', input] of title.matchAll(/easel:([\w-]*)(?:=([\w.]+))?/gi)) {
    const name = word.toLowerCase();
    if (isMark(name)) marks.push({ name, ...(input !== undefined && { input }) });
    else unknown.push(word);
  }
  return { marks, unknown };
}

export function isMark(name: string): name is SlotMark['name'] {
  return name === 'size' || name === 'output' || (slotNames as readonly string[]).includes(name);
}

export function nearestMark(word: string): string {
  return closest(word.toLowerCase(), ['size', 'output', ...slotNames]);
}
