import type { ModelCapabilities, Operation } from '../backend.js';
import { referenceSlots, type Slot } from './slots.js';
import { consumersOf, type Workflow } from './workflow.js';

/** What an operator's file may be for. A `hires` one generates under a name of its own. */
export const servedOperations = ['generate', 'edit', 'inpaint', 'upscale', 'hires'] as const;
export type ServedOperation = (typeof servedOperations)[number];

const needed: Readonly<Record<ServedOperation, readonly Slot[]>> = {
  generate: ['prompt'],
  hires: ['prompt'],
  edit: ['prompt', 'image'],
  inpaint: ['prompt', 'image', 'mask'],
  upscale: ['image'],
};

/** By its slots. */
export function operationOf(workflow: Workflow): ServedOperation {
  const { slots } = workflow;
  if (slots.image === undefined) return 'generate';
  if (slots.prompt === undefined) return 'upscale';
  return slots.mask !== undefined || takesMaskInImage(workflow) ? 'inpaint' : 'edit';
}

/** Slots that it lacks for an operation. */
export function missingSlots(workflow: Workflow, operation: ServedOperation): Slot[] {
  return needed[operation].filter((slot) => {
    if (slot === 'mask' && takesMaskInImage(workflow)) return false;
    return workflow.slots[slot] === undefined;
  });
}

/** `LoadImage` gives what is transparent as its second output: then the mask comes in the image. */
export function takesMaskInImage({ graph, slots }: Workflow): boolean {
  if (slots.mask !== undefined) return false;
  return (slots.image ?? []).some(([node]) =>
    consumersOf(graph, node).some(({ output }) => output === 1),
  );
}

/** Whether what the mask's node reads is transparency, and not what is white. */
export function readsMaskFromAlpha({ graph, slots }: Workflow): boolean {
  return (slots.mask ?? []).some(([node]) => {
    const { class_type, inputs } = graph[node] ?? { class_type: '', inputs: {} };
    if (class_type !== 'LoadImage') return inputs.channel === 'alpha';
    return consumersOf(graph, node).some(({ output }) => output === 1);
  });
}

export function referencesOf({ slots }: Workflow): number {
  return referenceSlots.filter((slot) => slots[slot] !== undefined).length;
}

/** What a model can do, by the workflows that serve it. */
export function capabilitiesOf(
  workflows: ReadonlyMap<Operation, Workflow>,
  maxCount: number,
): ModelCapabilities {
  const all = [...workflows.values()];
  const some = (slot: Slot) => all.some(({ slots }) => slots[slot] !== undefined);
  const sized = all.every(({ slots }) => slots.width !== undefined && slots.height !== undefined);
  return {
    operations: new Set(workflows.keys()),
    maxCount: all.every(({ slots }) => slots.count !== undefined) ? maxCount : 1,
    aspects: sized ? 'any' : ownAspects(all),
    seed: some('seed'),
    negative: some('negative'),
    strength: workflows.get('edit')?.slots.strength !== undefined,
    mask: workflows.has('inpaint'),
    references: Math.max(0, ...all.map(referencesOf)),
  };
}

/** Of graphs that take no size: those that they have themselves. */
function ownAspects(workflows: readonly Workflow[]): readonly string[] | 'any' {
  const found = workflows.flatMap(({ graph }) =>
    Object.values(graph).flatMap(({ inputs: { width, height } }) =>
      isSide(width) && isSide(height) ? [ratioOf(width, height)] : [],
    ),
  );
  return found.length === 0 ? 'any' : [...new Set(found)];
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function ratioOf(width: number, height: number): string {
  let [a, b] = [width, height];
  while (b !== 0) [a, b] = [b, a % b];
  return `${width / a}:${height / a}`;
}
