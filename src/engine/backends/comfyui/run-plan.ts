import type { BackendRequest } from '../backend.js';
import { sizeOf } from '../checkpoint-profile.js';
import type { Catalogue, CatalogueModel, ServedWorkflow } from './catalogue.js';
import { findByName } from './catalogue.js';
import { unsupported } from './comfyui-errors.js';
import { referencesOf } from './served-workflow.js';
import type { Slot } from './slots.js';
import { fillWorkflow, type Graph, type SlotValues, workflowHash } from './workflow.js';

export interface RunPlan {
  readonly graph: Graph;
  /**
   * Of the first image alone: ComfyUI draws the noise of a whole batch from one seed. Absent where
   * the workflow takes none.
   */
  readonly seed?: number;
  readonly count: number;
  /** How it samples, for the record. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly workflowHash: string;
}

/** At 0 old versions divide by it. */
const leastDenoise = 0.01;
const upscaleFactor = 2;
/** What an upscaler gives has to come over the wire as a PNG. */
const maxUpscaledPixels = 25_000_000;

/** @throws BackendError invalid-request for what lacks a part, or has one too many */
export function checkRequest({ operation, image, mask }: BackendRequest): void {
  if (operation !== 'generate' && image === undefined) {
    throw unsupported('an image to start from is missing');
  }
  if (operation === 'inpaint' && mask === undefined) throw unsupported('a mask is missing');
  if (operation !== 'inpaint' && mask !== undefined) {
    throw unsupported(`a mask is of no use to ${operation}`);
  }
}

/** What serves a request. */
export interface Choice {
  readonly model: CatalogueModel;
  readonly served: ServedWorkflow;
}

/**
 * The model that was asked for, or the first that can do what was asked.
 * @throws BackendError invalid-request where it, or none, can
 */
export function chooseModel(
  request: BackendRequest,
  { models, upscaler }: Catalogue,
  fallback: (id: string) => CatalogueModel,
): Choice {
  const { operation, references } = request;
  const wanted =
    request.model === undefined
      ? undefined
      : (findByName(models, request.model) ?? fallback(request.model));
  if (operation === 'upscale') {
    const model = wanted?.workflows.has('upscale') ? wanted : upscaler;
    const served = model?.workflows.get('upscale');
    if (!model || !served) throw unsupported('this image server does not upscale');
    if (references.length > 0) throw unsupported('an upscale takes no reference images');
    return { model, served };
  }
  const able = wanted ? [wanted] : models.filter(({ workflows }) => workflows.has(operation));
  for (const model of able) {
    const served = model.workflows.get(operation);
    if (served && references.length <= referencesOf(served.workflow)) return { model, served };
  }
  const who = wanted ? wanted.name : 'this image server';
  if (able.some(({ workflows }) => workflows.has(operation))) {
    const most = Math.max(...able.map(({ capabilities }) => capabilities.references));
    throw unsupported(
      most === 0
        ? `${who} takes no reference images`
        : `${who} takes ${most} reference images at most`,
    );
  }
  throw unsupported(`${who} cannot ${operation}`);
}

/** The names that the server gave to what was sent to it; what was not sent is absent. */
export type Uploads = Partial<Record<Slot, string>>;

/**
 * The graph of a run: a pure function of the request.
 * @throws BackendError where a workflow cannot do without a reference image that did not come
 */
export function planRun(
  request: BackendRequest,
  { model, served }: Choice,
  uploads: Uploads,
): RunPlan {
  const { workflow, isRequired } = served;
  const { negative, strength, seed, count } = request;
  const values: SlotValues = {
    ...served.values,
    ...sidesOf(request, served),
    prompt: request.prompt,
    ...(negative !== undefined && { negative }),
    count,
    seed,
    ...(strength !== undefined && { strength: Math.max(leastDenoise, strength) }),
    ...uploads,
    prefix: `easel/${request.runKey.replace(/[^\w-]/g, '_').slice(0, 100)}`,
  };
  const graph = fillWorkflow(workflow, values, isRequired);
  if (!saves(workflow.outputs, graph)) throw unsupported(`${model.name} needs a reference image`);
  return {
    graph,
    ...(workflow.slots.seed && { seed }),
    count,
    parameters: parametersIn(graph, served),
    workflowHash: workflowHash(workflow),
  };
}

/** Nodes that a missing reference took with it may have been all that save. */
function saves(outputs: readonly string[], graph: Graph): boolean {
  return outputs.length === 0
    ? Object.keys(graph).length > 0
    : outputs.some((node) => graph[node] !== undefined);
}

function sidesOf(
  { operation, aspect, image }: BackendRequest,
  { pixels, sideStep }: ServedWorkflow,
): { readonly width: number; readonly height: number } {
  if (operation !== 'upscale') {
    return sizeOf(aspect ?? image ?? { width: 1, height: 1 }, pixels, sideStep);
  }
  const { width = 0, height = 0 } = image ?? {};
  const upscaled = { width: width * upscaleFactor, height: height * upscaleFactor };
  if (upscaled.width * upscaled.height > maxUpscaledPixels) {
    throw unsupported(`an image of ${width}×${height} is too large to be upscaled`);
  }
  return upscaled;
}

const told: Readonly<Partial<Record<Slot, string>>> = {
  steps: 'steps',
  sampler: 'sampler',
  scheduler: 'scheduler',
  cfg: 'cfg',
  guidance: 'guidance',
  strength: 'denoise',
  vae: 'vae',
  upscaler: 'upscaler',
};

function parametersIn(graph: Graph, { workflow }: ServedWorkflow): Record<string, string | number> {
  const found: Record<string, string | number> = {};
  for (const [slot, name] of Object.entries(told)) {
    const [node = '', input = ''] = workflow.slots[slot as Slot]?.[0] ?? [];
    const value = graph[node]?.inputs[input];
    if (typeof value === 'string' || typeof value === 'number') found[name] = value;
  }
  return found;
}
