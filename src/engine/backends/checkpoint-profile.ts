/** How a checkpoint likes to be sampled, guessed from its file name, for the API tells no more. */
export interface CheckpointProfile {
  /** Width × height of a finished image. */
  readonly pixels: number;
  readonly steps: number;
  readonly cfg: number;
  readonly samplerName: string;
  readonly scheduler: string;
}

export function profileOf(
  checkpoint: string,
  pixels: Readonly<Record<string, number>> = {},
): CheckpointProfile {
  const name = nameOf(checkpoint).toLowerCase();
  return { ...samplingOf(name), pixels: pixels[checkpoint] ?? pixelsOf(name) };
}

/** The file's name without folder and extension: what people see and type. */
export function nameOf(checkpoint: string): string {
  const file = checkpoint.split(/[/\\]/).at(-1) ?? checkpoint;
  return file.replace(/\.(safetensors|ckpt|pt|pth|sft)$/i, '');
}

/** SDXL, Flux and SD 3 were trained at about one megapixel, SD 2.x at 768², SD 1.5 at 512². */
function pixelsOf(name: string): number {
  if (/xl|pony|illustrious|noobai|flux/.test(name) || isThird.test(name)) return 1024 * 1024;
  if (/768|sd[-_]?2|v2[-_.]1/.test(name)) return 768 * 768;
  return 512 * 512;
}

const isThird = /sd[-_]?3|stable-?diffusion-?3/;

/** Distilled checkpoints want few steps and hardly any guidance; they burn out with more. */
function samplingOf(name: string): Omit<CheckpointProfile, 'pixels'> {
  if (/flux/.test(name)) {
    const steps = /schnell|turbo/.test(name) ? 4 : /lightning|hyper/.test(name) ? 8 : 20;
    return { steps, cfg: 1, samplerName: 'euler', scheduler: 'simple' };
  }
  if (isThird.test(name)) {
    return /turbo/.test(name)
      ? { steps: 4, cfg: 1.2, samplerName: 'euler', scheduler: 'sgm_uniform' }
      : { steps: 28, cfg: 4.5, samplerName: 'euler', scheduler: 'sgm_uniform' };
  }
  if (/lcm/.test(name)) {
    return { steps: 8, cfg: 1.5, samplerName: 'lcm', scheduler: 'sgm_uniform' };
  }
  if (/turbo|lightning|hyper/.test(name)) {
    return { steps: 8, cfg: 1.8, samplerName: 'euler', scheduler: 'sgm_uniform' };
  }
  return { steps: 25, cfg: 7, samplerName: 'dpmpp_2m', scheduler: 'karras' };
}

/**
 * Sides of an image of that aspect and about that many pixels. Multiples of 8, which latents need,
 * or of what else the model's do; 64 to 4096, so that a ribbon stays an image.
 */
export function sizeOf(
  aspect: { readonly width: number; readonly height: number },
  pixels: number,
  sideStep = 8,
): { readonly width: number; readonly height: number } {
  const ratio = aspect.width / aspect.height;
  const side = (length: number) =>
    Math.min(4096, Math.max(64, Math.round(length / sideStep) * sideStep));
  return { width: side(Math.sqrt(pixels * ratio)), height: side(Math.sqrt(pixels / ratio)) };
}
