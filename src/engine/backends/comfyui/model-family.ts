import type { Operation } from '../backend.js';
import { type CheckpointProfile, profileOf } from '../checkpoint-profile.js';
import type { ShippedName } from './shipped-workflows.js';
import type { Slot } from './slots.js';

/** Folders of ComfyUI that a family's files lie in; older servers call two of them otherwise. */
export const modelFolders = {
  diffusion_models: ['diffusion_models', 'unet'],
  text_encoders: ['text_encoders', 'clip'],
  vae: ['vae'],
  upscale_models: ['upscale_models'],
} as const;
export type ModelFolder = keyof typeof modelFolders;

/** How a model is sampled: what the slots of its workflows get, and how large its images are. */
export interface Sampling {
  /** Width × height. */
  readonly pixels: number;
  /** Sides are multiples of it. */
  readonly sideStep: number;
  readonly values: Readonly<Partial<Record<Slot, string | number>>>;
}

/** Models that run on the same workflows, told by their files' names. */
export interface ModelFamily {
  readonly name: string;
  readonly folder: 'checkpoints' | 'diffusion_models';
  readonly pattern: RegExp;
  readonly except?: RegExp;
  /** Files beside the model's own: the first in the folder that fits each. */
  readonly files: Readonly<Partial<Record<Slot, readonly [folder: ModelFolder, name: RegExp]>>>;
  readonly workflows: Readonly<Partial<Record<Operation, ShippedName>>>;
  readonly samplingOf: (file: string) => Sampling;
}

const clipL = ['text_encoders', /clip[_-]?l\b|clip[_-]l[._]|vit-l-14/i] as const;
const clipG = ['text_encoders', /clip[_-]?g\b|clip[_-]g[._]|bigg/i] as const;
const t5 = ['text_encoders', /t5[-_]?(v1[._-]1[-_])?xxl/i] as const;
const qwenEncoder = ['text_encoders', /qwen[-_.]?2[._]?5[-_.]?vl/i] as const;
const qwenVae = ['vae', /qwen[-_]?image[-_]?vae/i] as const;

const distilled = /turbo|lightning|lightx|hyper|schnell|[48][-_]?steps?/i;
const fourSteps = /schnell|turbo|4[-_]?steps?/i;

/** Checkpoints of all other names: SD 1.5, SD 2, SDXL, and whole ones of Flux and SD 3.5. */
export const checkpointWorkflows = {
  generate: 'sd-generate',
  edit: 'sd-edit',
  vary: 'sd-edit',
  inpaint: 'sd-inpaint',
} as const satisfies ModelFamily['workflows'];

export function checkpointSampling(
  file: string,
  pixels: Readonly<Record<string, number>>,
): Sampling {
  const profile = profileOf(file, pixels);
  return samplingFrom(profile, profile.pixels, /flux|sd[-_]?3/i.test(file) ? 16 : 8);
}

/** SD 3.5 alone comes in checkpoints without text encoders; those with them are named so. */
export const hasOwnEncoders = /incl[-_]?clips|fp8[-_]scaled|all[-_]?in[-_]?one|aio/i;

const modelFamilies: readonly ModelFamily[] = [
  {
    name: 'SD 3.5',
    folder: 'checkpoints',
    pattern: /sd[-_]?3|stable-?diffusion-?3/i,
    files: { encoder1: clipL, encoder2: clipG, encoder3: t5 },
    workflows: {
      generate: 'sd35-generate',
      edit: 'sd35-edit',
      vary: 'sd35-edit',
      inpaint: 'sd35-inpaint',
    },
    samplingOf: (file) => samplingFrom(profileOf(file), 1024 * 1024, 16),
  },
  {
    name: 'Flux',
    folder: 'diffusion_models',
    pattern: /flux/i,
    // Relatives that want other graphs: they edit, fill, or follow outlines; Flux 2 has other files.
    except: /kontext|fill|redux|canny|depth|control|flux[._-]?2|klein/i,
    files: { encoder1: t5, encoder2: clipL, vae: ['vae', /(^|[/\\])ae\.|flux.*(vae|ae)/i] },
    workflows: {
      generate: 'flux-generate',
      edit: 'flux-edit',
      vary: 'flux-edit',
      inpaint: 'flux-inpaint',
    },
    samplingOf: (file) => ({
      pixels: 1024 * 1024,
      sideStep: 16,
      values: {
        steps: fourSteps.test(file) ? 4 : distilled.test(file) ? 8 : 20,
        guidance: 3.5,
        cfg: 1,
        sampler: 'euler',
        scheduler: 'simple',
      },
    }),
  },
  qwen('Qwen-Image', /qwen[-_]?image/i, /edit|layered|control/i, 1328 * 1328, {
    generate: 'qwen-generate',
    edit: 'qwen-edit',
    vary: 'qwen-edit',
    inpaint: 'qwen-inpaint',
  }),
  qwen('Qwen-Edit', /qwen[-_]?image[-_]?edit[-_]?(2509|2511|plus)/i, undefined, 1024 * 1024, {
    edit: 'qwen-instruct-plus',
    vary: 'qwen-instruct-plus',
  }),
  qwen('Qwen-Edit', /qwen[-_]?image[-_]?edit/i, /2509|2511|plus/i, 1024 * 1024, {
    edit: 'qwen-instruct',
    vary: 'qwen-instruct',
  }),
];

function qwen(
  name: string,
  pattern: RegExp,
  except: RegExp | undefined,
  pixels: number,
  workflows: ModelFamily['workflows'],
): ModelFamily {
  return {
    name,
    folder: 'diffusion_models',
    pattern,
    ...(except && { except }),
    files: { encoder1: qwenEncoder, vae: qwenVae },
    workflows,
    samplingOf: (file) => ({
      pixels,
      sideStep: 16,
      values: {
        steps: fourSteps.test(file) ? 4 : distilled.test(file) ? 8 : 20,
        cfg: distilled.test(file) ? 1 : 2.5,
        sampler: 'euler',
        scheduler: 'simple',
      },
    }),
  };
}

function samplingFrom(profile: CheckpointProfile, pixels: number, sideStep: number): Sampling {
  const { steps, cfg, samplerName, scheduler } = profile;
  return { pixels, sideStep, values: { steps, cfg, sampler: samplerName, scheduler } };
}

export function familyOf(folder: ModelFamily['folder'], file: string): ModelFamily | undefined {
  return modelFamilies.find(
    (family) => family.folder === folder && family.pattern.test(file) && !family.except?.test(file),
  );
}
