import type { ModelCapabilities, Operation } from '../backend.js';
import type { ClassBook } from './class-book.js';
import type { ComfyUiClient } from './comfyui-client.js';
import type { ComfyUiOptions } from './comfyui-options.js';
import { capabilitiesOf } from './served-workflow.js';
import type { SlotValues, Workflow } from './workflow.js';

/** A workflow that is ready to serve an operation with one model. */
export interface ServedWorkflow {
  readonly workflow: Workflow;
  /** What does not change from run to run: files, and how they are sampled. */
  readonly values: SlotValues;
  /** Width × height of an image, where the graph takes a size. */
  readonly pixels: number;
  /** Sides are multiples of it. */
  readonly sideStep: number;
  readonly isRequired: (node: string, input: string) => boolean;
}

/** Something that people can choose by name, with all that it takes to run it. */
export interface CatalogueModel {
  readonly id: string;
  readonly name: string;
  readonly capabilities: ModelCapabilities;
  readonly workflows: ReadonlyMap<Operation, ServedWorkflow>;
}

/** What one server can do at the moment. */
export interface Catalogue {
  /** The first is the default. */
  readonly models: readonly CatalogueModel[];
  /** What enlarges, whatever made the picture; absent where the server has nothing for it. */
  readonly upscaler?: CatalogueModel;
  /** What was left out, and why; for the operator. */
  readonly problems: readonly string[];
}

export interface CatalogueSource {
  readonly client: ComfyUiClient;
  readonly classes: ClassBook;
  readonly options: Pick<ComfyUiOptions, 'checkpoint' | 'pixels' | 'names' | 'hires' | 'workflows'>;
}

const maxCount = 4;

export function modelOf(
  id: string,
  name: string,
  workflows: ReadonlyMap<Operation, ServedWorkflow>,
): CatalogueModel {
  const bare = new Map([...workflows].map(([operation, { workflow }]) => [operation, workflow]));
  const can = capabilitiesOf(bare, maxCount);
  // Without guidance there is nothing that a negative prompt could be held against.
  const isGuided = [...workflows.values()].some(({ values }) => values.cfg !== 1);
  return { id, name, workflows, capabilities: { ...can, negative: can.negative && isGuided } };
}

export function findByName(
  models: readonly CatalogueModel[],
  name: string,
): CatalogueModel | undefined {
  const wanted = name.toLowerCase();
  return (
    models.find(({ id }) => id === name) ??
    models.find((model) => model.name.toLowerCase() === wanted)
  );
}

/** What at least one of them can. */
export function allOf({ models, upscaler }: Catalogue): ModelCapabilities {
  const all = models.map(({ capabilities }) => capabilities);
  const operations = new Set(all.flatMap((each) => [...each.operations]));
  if (upscaler) operations.add('upscale');
  return {
    operations,
    maxCount: Math.max(...all.map((each) => each.maxCount)),
    aspects: all.every((each) => each.aspects !== 'any')
      ? [...new Set(all.flatMap((each) => each.aspects))]
      : 'any',
    seed: all.some((each) => each.seed),
    negative: all.some((each) => each.negative),
    strength: all.some((each) => each.strength),
    mask: all.some((each) => each.mask),
    references: Math.max(...all.map((each) => each.references)),
  };
}
