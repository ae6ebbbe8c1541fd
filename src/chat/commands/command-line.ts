import type { BatchView, Platform, TaskView } from '../../engine/index.js';

/**
 * What to type for the same batch once more, seed and all; undefined where no words make it: an
 * enlarged image has none. Its input images are to be given again.
 */
export function commandLine(batch: BatchView, platform: Platform): string | undefined {
  const { tasks, prompt } = batch;
  const [first] = tasks;
  if (!first || first.request.operation === 'upscale') return undefined;
  const images = new Set(tasks.flatMap(({ request }) => request.inputId ?? []));
  const name = batch.origin === 'batch' || images.size > 1 ? 'batch' : 'imagine';
  // Pasted so, Discord's client fills the command's option in.
  const begin = platform === 'discord' ? `/${name} prompt:${prompt}` : `/${name} ${prompt}`;
  const roles = platform === 'telegram' ? roleFlags(first) : [];
  return [begin, ...flags(first, tasks), ...roles].join(' ');
}

/** What tells the images apart that have no option of their own there. */
function roleFlags({ request: { referenceIds = [], maskId } }: TaskView): string[] {
  return [
    ...(referenceIds.length === 0 ? [] : [`--reference ${referenceIds.length}`]),
    ...(maskId === undefined ? [] : ['--mask']),
  ];
}

function flags({ request }: TaskView, tasks: readonly TaskView[]): string[] {
  const { aspect, count, negative, strength, preset } = request;
  const models = new Set(tasks.flatMap((task) => task.request.model ?? []));
  const [seed, ...otherSeeds] = new Set(tasks.map((task) => task.seed));
  return [
    ...(aspect === undefined ? [] : [`--ar ${aspect}`]),
    `--n ${count}`,
    ...(seed == null || otherSeeds.length > 0 ? [] : [`--seed ${seed}`]),
    ...(models.size === 0 ? [] : [`--model ${oneWord([...models].join(','))}`]),
    ...(preset === undefined ? [] : [`--preset ${preset.name}`]),
    ...(strength === undefined ? [] : [`--strength ${strength}`]),
    ...(negative === undefined ? [] : [`--no ${oneWord(negative)}`]),
  ];
}

function oneWord(value: string): string {
  return /\s/.test(value) ? `"${value.replaceAll('"', "'")}"` : value;
}
