import type { Operation } from '../backend.js';
import { nameOf } from '../checkpoint-profile.js';
import {
  type Catalogue,
  type CatalogueModel,
  type CatalogueSource,
  modelOf,
  type ServedWorkflow,
} from './catalogue.js';
import { unsupported } from './comfyui-errors.js';
import {
  checkpointSampling,
  checkpointWorkflows,
  familyOf,
  hasOwnEncoders,
  type ModelFamily,
  type ModelFolder,
  type Sampling,
} from './model-family.js';
import type { NodeClasses } from './node-class.js';
import { type ShippedName, shippedWorkflows } from './shipped-workflows.js';
import type { Slot } from './slots.js';
import type { SlotValues } from './workflow.js';
import { checkWorkflow, isRequiredBy } from './workflow-check.js';

type FilesOf = (folder: ModelFolder) => readonly string[];

/** A file that one of the shipped workflows runs, before it is known whether the server can. */
interface Candidate {
  readonly file: string;
  readonly family: ModelFamily | undefined;
}

/** Models whose files the server lists, on the workflows that Easel ships. */
export async function findShippedModels(
  source: CatalogueSource,
  signal: AbortSignal,
): Promise<Catalogue> {
  const { client, classes, options } = source;
  const [checkpoints, diffusionModels, upscalers] = await Promise.all([
    client.checkpoints(signal),
    client.modelFiles('diffusion_models', signal),
    client.modelFiles('upscale_models', signal),
  ]);
  const candidates = [
    ...checkpoints.map((file): Candidate => ({ file, family: familyOfCheckpoint(file) })),
    ...diffusionModels.flatMap((file): Candidate[] => {
      const family = familyOf('diffusion_models', file);
      return family ? [{ file, family }] : [];
    }),
  ];
  const families = candidates.flatMap(({ family }) => family ?? []);
  const filesOf = await listFiles(source, families, signal);
  // What checkpoints alone need, every server has.
  const names = families.flatMap(({ workflows }) => Object.values(workflows));
  const shipped: ShippedName[] = upscalers.length > 0 ? [...names, 'upscale'] : names;
  const known = await classes.look(shipped.flatMap(classesOf), signal);

  const problems: string[] = [];
  const models = candidates.flatMap(({ file, family }) => {
    const served = family
      ? serveFamily(family, file, filesOf, known, problems)
      : serveCheckpoint(file, options.pixels ?? {});
    return served.size === 0 ? [] : [modelOf(file, nameOf(file), served)];
  });
  const named = withUniqueNames(models, options.names ?? {});
  const doubled = options.hires ? [...named, ...hiresOf(named, checkpoints, source)] : named;
  const upscaler = upscalerOf(upscalers[0], known, problems);
  return { models: doubled, problems, ...(upscaler && { upscaler }) };
}

function familyOfCheckpoint(file: string): ModelFamily | undefined {
  return hasOwnEncoders.test(file) ? undefined : familyOf('checkpoints', file);
}

async function listFiles(
  { client }: CatalogueSource,
  families: readonly ModelFamily[],
  signal: AbortSignal,
): Promise<FilesOf> {
  const wanted = families.flatMap(({ files }) => Object.values(files).map(([folder]) => folder));
  const lists = await Promise.all(
    [...new Set(wanted)].map(
      async (folder) => [folder, await client.modelFiles(folder, signal)] as const,
    ),
  );
  const files = new Map(lists);
  return (folder) => files.get(folder) ?? [];
}

function classesOf(name: ShippedName): string[] {
  return Object.values(shippedWorkflows[name].graph).map(({ class_type }) => class_type);
}

/** For a file that the server no longer lists, or not yet: it says so itself where it has none. */
export function checkpointModel(
  file: string,
  pixels: Readonly<Record<string, number>>,
): CatalogueModel {
  if (!/\.\w+$/.test(file) || file.includes(':')) {
    throw unsupported(`"${file}" is not installed on the image server`);
  }
  return modelOf(file, nameOf(file), serveCheckpoint(file, pixels));
}

function serveCheckpoint(
  file: string,
  pixels: Readonly<Record<string, number>>,
): Map<Operation, ServedWorkflow> {
  const sampling = checkpointSampling(file, pixels);
  return served(checkpointWorkflows, { ...sampling.values, model: file }, sampling, new Map());
}

function serveFamily(
  family: ModelFamily,
  file: string,
  filesOf: FilesOf,
  classes: NodeClasses,
  problems: string[],
): Map<Operation, ServedWorkflow> {
  const sampling = family.samplingOf(file);
  const values: Partial<Record<Slot, string | number>> = { ...sampling.values, model: file };
  const lacking: string[] = [];
  for (const [slot, [folder, pattern]] of Object.entries(family.files)) {
    const found = filesOf(folder).find((name) => pattern.test(name));
    if (found === undefined) lacking.push(`no file in ${folder} that fits ${pattern.source}`);
    else values[slot as Slot] = found;
  }
  const names = new Set(Object.values(family.workflows));
  for (const name of names) {
    lacking.push(...checkWorkflow(shippedWorkflows[name], classes).map((why) => `${name}: ${why}`));
  }
  if (lacking.length === 0) return served(family.workflows, values, sampling, classes);
  problems.push(`${file} (${family.name}) is left out: ${[...new Set(lacking)].join('; ')}`);
  return new Map();
}

function served(
  names: ModelFamily['workflows'],
  values: SlotValues,
  { pixels, sideStep }: Pick<Sampling, 'pixels' | 'sideStep'>,
  classes: NodeClasses,
): Map<Operation, ServedWorkflow> {
  const entries = Object.entries(names) as [Operation, ShippedName][];
  return new Map(
    entries.map(([operation, name]) => {
      const workflow = shippedWorkflows[name];
      const isRequired = isRequiredBy(workflow, classes);
      return [operation, { workflow, values, pixels, sideStep, isRequired }];
    }),
  );
}

/** Each once more, under a name of its own, made small and enlarged while it is still noise. */
function hiresOf(
  models: readonly CatalogueModel[],
  checkpoints: readonly string[],
  { options }: CatalogueSource,
): CatalogueModel[] {
  return models.flatMap(({ id, name }) => {
    const isPlain = checkpoints.includes(id) && !/flux|sd[-_]?3|stable-?diffusion-?3/i.test(id);
    if (!isPlain) return [];
    const sampling = checkpointSampling(id, options.pixels ?? {});
    const values = { ...sampling.values, model: id };
    return [
      modelOf(
        `hires:${id}`,
        `${name}-hires`,
        served({ generate: 'sd-hires' }, values, sampling, new Map()),
      ),
    ];
  });
}

function upscalerOf(
  file: string | undefined,
  classes: NodeClasses,
  problems: string[],
): CatalogueModel | undefined {
  if (file === undefined) return undefined;
  const lacking = checkWorkflow(shippedWorkflows.upscale, classes);
  if (lacking.length > 0) {
    problems.push(`${file} is left out: upscale: ${lacking.join('; ')}`);
    return undefined;
  }
  const size = { pixels: 0, sideStep: 1 };
  return modelOf(
    `upscale:${file}`,
    nameOf(file),
    served({ upscale: 'upscale' }, { upscaler: file }, size, classes),
  );
}

/** Two files of one name in two folders keep their folders in the name. */
function withUniqueNames(
  models: readonly CatalogueModel[],
  given: Readonly<Record<string, string>>,
): CatalogueModel[] {
  const ids = models.map(({ id }) => id);
  return models.map((model, index) => {
    const { id, name } = model;
    const isShared = models.filter((each) => each.name === name).length > 1;
    const isDouble = ids.indexOf(id) !== index;
    return {
      ...model,
      id: isDouble ? `diffusion_models/${id}` : id,
      name: given[id] ?? (isDouble ? `diffusion_models/${id}` : isShared ? id : name),
    };
  });
}
