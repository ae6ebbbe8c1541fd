import type { BackendRequest } from '../backend.js';
import { nameOf, profileOf, sizeOf } from '../checkpoint-profile.js';
import { unsupported } from './comfyui-errors.js';
import type { ComfyUiOptions } from './comfyui-options.js';
import { fillWorkflow, type Graph, type Workflow } from './workflow.js';
import { img2img } from './workflows/img2img.js';
import { inpaint } from './workflows/inpaint.js';
import { txt2img } from './workflows/txt2img.js';

export interface RunPlan {
  readonly graph: Graph;
  /** Of the first image alone: ComfyUI draws the noise of a whole batch from one seed. */
  readonly seed: number;
  readonly count: number;
}

export type PlanOptions = Pick<ComfyUiOptions, 'workflows' | 'pixels'>;

const defaultDenoise = 0.6;
/** Where a mask says what may change, that is to become what the prompt says. */
const defaultMaskedDenoise = 0.85;
/** At 0 old versions divide by it. */
const leastDenoise = 0.01;

/** @throws BackendError invalid-request for what no workflow of ours does */
export function checkOperation({ operation, image, mask, references }: BackendRequest): void {
  if (operation === 'upscale') throw unsupported('this image server does not upscale');
  if (operation !== 'generate' && image === undefined) {
    throw unsupported('an image to start from is missing');
  }
  if (operation === 'inpaint' && mask === undefined) throw unsupported('a mask is missing');
  if (operation !== 'inpaint' && mask !== undefined) {
    throw unsupported(`a mask is of no use to ${operation}`);
  }
  if (references.length > 0) throw unsupported('this image server takes no reference images');
}

/** The names that the server gave to what was sent to it; what was not sent is absent. */
export interface Uploads {
  readonly image?: string;
  readonly mask?: string;
}

/**
 * The graph of a run, without its uploads: a pure function of the request.
 * @throws WorkflowError where an operator's workflow lacks a place that its slots name
 */
export function planRun(
  request: BackendRequest,
  checkpoint: string,
  uploads: Uploads,
  options: PlanOptions,
): RunPlan {
  const workflow = workflowFor(request, options);
  const { pixels, ...sampling } = profileOf(checkpoint, options.pixels);
  const aspect = request.aspect ?? request.image ?? { width: 1, height: 1 };
  const graph = fillWorkflow(workflow, {
    ...sampling,
    ...sizeOf(aspect, pixels),
    checkpoint,
    prompt: request.prompt,
    negative: request.negative ?? '',
    count: request.count,
    seed: request.seed,
    denoise: denoiseOf(request),
    ...uploads,
    // Never twice the same: else a graph that ran before is answered with the file of that time,
    // which may be gone.
    filenamePrefix: `easel/${request.runKey.replace(/[^\w-]/g, '_').slice(0, 100)}`,
  });
  return { graph, seed: request.seed, count: request.count };
}

function denoiseOf({ strength, mask }: BackendRequest): number {
  const usual = mask === undefined ? defaultDenoise : defaultMaskedDenoise;
  return Math.max(leastDenoise, strength ?? usual);
}

function workflowFor(request: BackendRequest, { workflows }: PlanOptions): Workflow {
  if (request.image === undefined) return workflows?.generate ?? txt2img;
  if (request.mask !== undefined) return workflows?.inpaint ?? inpaint;
  return workflows?.edit ?? img2img;
}

/** Two checkpoints of one name in two folders keep their folders in the name. */
export function displayNames(checkpoints: readonly string[]): readonly string[] {
  const names = checkpoints.map(nameOf);
  return names.map((name, index) => {
    const isShared = names.filter((each) => each === name).length > 1;
    return isShared ? (checkpoints[index] ?? name) : name;
  });
}
