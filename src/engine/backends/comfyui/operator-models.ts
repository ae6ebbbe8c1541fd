import type { Operation } from '../backend.js';
import {
  type Catalogue,
  type CatalogueModel,
  type CatalogueSource,
  findByName,
  modelOf,
  type ServedWorkflow,
} from './catalogue.js';
import type { NodeClasses } from './node-class.js';
import type { OperatorWorkflow } from './operator-workflow.js';
import type { Workflow } from './workflow.js';
import { checkWorkflow, isRequiredBy } from './workflow-check.js';

const usualPixels = 1024 * 1024;

/**
 * The operator's own workflows beside the shipped ones, or in their place where they bear the name
 * of a model that the server lists. One that the server cannot run is left out.
 */
export async function addOperatorWorkflows(
  shipped: Catalogue,
  { classes, options }: CatalogueSource,
  signal: AbortSignal,
): Promise<Catalogue> {
  const own = options.workflows ?? [];
  const types = own.flatMap(({ workflow }) =>
    Object.values(workflow.graph).map(({ class_type }) => class_type),
  );
  const known = await classes.look(types, signal);
  const problems = [...shipped.problems];
  const runnable = own.filter(({ workflow }) => {
    const found = checkWorkflow(workflow, known);
    problems.push(...found.map((problem) => `${workflow.name}: ${problem}`));
    return found.length === 0;
  });

  let { models, upscaler } = shipped;
  for (const { workflow, operation, model: name } of runnable) {
    if (operation === 'upscale') {
      const serves = new Map([['upscale' as const, serve(workflow, known)]]);
      upscaler = modelOf(`workflow:${name}`, name, serves);
      continue;
    }
    const existing = findByName(models, name);
    const changed = withWorkflow(existing, { workflow, operation, model: name }, known);
    models = existing
      ? models.map((model) => (model === existing ? changed : model))
      : [...models, changed];
  }
  return { models, problems, ...(upscaler && { upscaler }) };
}

function withWorkflow(
  existing: CatalogueModel | undefined,
  { workflow, operation, model: name }: OperatorWorkflow,
  classes: NodeClasses,
): CatalogueModel {
  const workflows = new Map(existing?.workflows);
  const file = existing?.workflows.values().next().value?.values.model;
  for (const each of operationsFor(operation)) {
    workflows.set(each, serve(workflow, classes, file === undefined ? {} : { model: file }));
  }
  return modelOf(existing?.id ?? `workflow:${name}`, existing?.name ?? name, workflows);
}

function operationsFor(operation: OperatorWorkflow['operation']): Operation[] {
  if (operation === 'hires') return ['generate'];
  return operation === 'edit' ? ['edit', 'vary'] : [operation];
}

/** How it samples is the operator's: of that, nothing is changed. */
function serve(
  workflow: Workflow,
  classes: NodeClasses,
  values: ServedWorkflow['values'] = {},
): ServedWorkflow {
  return {
    workflow,
    values,
    pixels: pixelsIn(workflow),
    sideStep: 16,
    isRequired: isRequiredBy(workflow, classes),
  };
}

/** As large as the graph makes them itself. */
function pixelsIn({ graph, slots }: Workflow): number {
  const numberAt = (slot: 'width' | 'height') => {
    const [node, input] = slots[slot]?.[0] ?? [];
    const value = graph[node ?? '']?.inputs[input ?? ''];
    return typeof value === 'number' && value > 0 ? value : undefined;
  };
  const [width, height] = [numberAt('width'), numberAt('height')];
  return width === undefined || height === undefined ? usualPixels : width * height;
}
