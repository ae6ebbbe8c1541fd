import type { BackendRequest } from '../backend.js';
import { type CheckpointProfile, profileOf, sizeOf } from '../checkpoint-profile.js';
import { encodeBase64 } from '../image-content.js';
import type { A1111Options } from './a1111-options.js';
import { neutralizePrompt } from './prompt-syntax.js';

/** What of a server decides how an image is sampled. */
export interface SamplingChoices {
  /** Names of the samplers that the server has; empty where it does not tell. */
  readonly samplers: readonly string[];
  readonly schedulers: readonly string[];
}

export type GenerationSettings = Pick<
  A1111Options,
  'sampler' | 'scheduler' | 'steps' | 'cfgScale' | 'livePromptSyntax'
>;

export interface Sampling {
  readonly steps: number;
  readonly cfg_scale: number;
  readonly sampler_name?: string;
  readonly scheduler?: string;
}

export interface GenerationPlan {
  readonly request: BackendRequest;
  /** As the server names it, of which the name decides the size. */
  readonly checkpoint: { readonly title: string; readonly isLoaded: boolean };
  readonly sampling: Sampling;
  readonly taskId: string;
  /** White where the image may change. */
  readonly mask?: Uint8Array | undefined;
}

const defaultDenoise = 0.6;
/** Where a mask says what may change, that is to become what the prompt says. */
const defaultMaskedDenoise = 0.85;

/** The body of `txt2img` or `img2img`. Images go as bytes: the web UI would fetch an address. */
export function planGeneration(
  { request, checkpoint, sampling, taskId, mask }: GenerationPlan,
  { livePromptSyntax }: GenerationSettings,
): object {
  const words = livePromptSyntax ? (text: string) => text : neutralizePrompt;
  const aspect = request.aspect ?? request.image ?? { width: 1, height: 1 };
  const { image } = request;
  return {
    prompt: words(request.prompt),
    negative_prompt: words(request.negative ?? ''),
    seed: request.seed,
    ...sizeOf(aspect, pixelsOf(checkpoint.title)),
    ...sampling,
    batch_size: request.count,
    n_iter: 1,
    force_task_id: taskId,
    // The loaded one needs no name; another is loaded for this run alone.
    ...(!checkpoint.isLoaded && {
      override_settings: { sd_model_checkpoint: checkpoint.title },
    }),
    ...(image && {
      init_images: [encodeBase64(image.bytes)],
      denoising_strength: request.strength ?? (mask ? defaultMaskedDenoise : defaultDenoise),
      // Cropped in the middle, where the aspect is another.
      resize_mode: 1,
    }),
    ...(mask && {
      mask: encodeBase64(mask),
      // What was there, not noise; and not only the mask's own box, which is the API's default.
      inpainting_fill: 1,
      inpaint_full_res: false,
    }),
  };
}

/** Sampler and scheduler that the server has, by the checkpoint's name. */
export function chooseSampling(
  title: string,
  { samplers, schedulers }: SamplingChoices,
  settings: GenerationSettings,
): Sampling {
  const { steps, cfg, samplerName, scheduler: profileScheduler } = profileFor(title);
  const wantedScheduler = settings.scheduler ?? schedulerLabels[profileScheduler];
  const scheduler = settings.scheduler ?? schedulers.find((each) => each === wantedScheduler);
  const sampler = settings.sampler ?? pickSampler(samplerName, samplers, scheduler !== undefined);
  return {
    steps: settings.steps ?? steps,
    cfg_scale: settings.cfgScale ?? cfg,
    ...(sampler !== undefined && { sampler_name: sampler }),
    // Older versions have it in the sampler's name.
    ...(scheduler !== undefined && !sampler?.endsWith(scheduler) && { scheduler }),
  };
}

function pickSampler(
  profileSampler: string,
  samplers: readonly string[],
  hasScheduler: boolean,
): string | undefined {
  const names = samplerNames[profileSampler] ?? [];
  const wanted = hasScheduler ? names : [...names].reverse();
  return [...wanted, 'Euler a', 'Euler'].find((name) => samplers.includes(name));
}

/** The web UI's names for the profile's, the newer one first. */
const samplerNames: Readonly<Record<string, readonly string[]>> = {
  dpmpp_2m: ['DPM++ 2M', 'DPM++ 2M Karras'],
  lcm: ['LCM'],
  euler: ['Euler'],
};
const schedulerLabels: Readonly<Record<string, string>> = {
  karras: 'Karras',
  sgm_uniform: 'SGM Uniform',
  simple: 'Simple',
};

function profileFor(title: string): CheckpointProfile {
  const file = title.replace(/ \[[0-9a-f]+\]$/, '');
  const profile = profileOf(file);
  // Forge's: distilled, so that guidance beyond 1 burns it.
  if (!/flux/i.test(file)) return profile;
  return { pixels: 1024 * 1024, steps: 20, cfg: 1, samplerName: 'euler', scheduler: 'simple' };
}

function pixelsOf(title: string): number {
  return profileFor(title).pixels;
}
