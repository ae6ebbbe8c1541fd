import type { BatchView, Preset, TaskRequest } from '../engine/index.js';
import type { CommandContext } from './commands/command.js';
import { imagePromptProblems, readImagePrompts } from './commands/image-prompts.js';
import { sortedOut } from './commands/sorted-images.js';
import { keepSources } from './commands/source-images.js';
import { submitTasks } from './commands/submission.js';
import { planProblems, planTasks, type TaskPlan } from './commands/task-plan.js';
import { Refusal, sentence } from './refusal.js';
import type { Intent, Reply } from './request.js';

/** Milliseconds after a batch in which images without words belong to it. */
const firstSecondsMs = 10_000;

/**
 * Images that come after their batch was made, as the rest of an album or of several that were sent
 * together: they join it while nothing of it has begun, and else are a batch of their own, with the
 * same words and parameters, whose card says so.
 * @throws Refusal, EngineError, RecordUnavailableError
 */
export async function addImages(
  context: CommandContext,
  intent: Extract<Intent, { kind: 'more-images' }>,
): Promise<Reply> {
  const { engine, request, user } = context;
  const batch = await batchFor(context, intent);
  const first = batch.tasks[0]?.request;
  // Which image is the mask, or a reference, was told by their places, and those are not known now.
  if (hasRoles(first)) throw new Refusal(sentence('album-late'));
  const count = imagesOf(batch);
  const plan = planLike(batch, await presetOf(context, batch));
  const sources = await keepSources(intent.attachments, {
    inputs: engine.inputs,
    checkCount(added) {
      const problems = planProblems(plan, added);
      if (problems.length > 0) throw new Refusal(...problems);
    },
  });
  const { kept, notes } = sortedOut(sources, count);
  const unfit = imagePromptProblems(
    plan.prompts,
    count + sources.length,
    plan.preset !== undefined,
  );
  if (unfit.length > 0) throw new Refusal(...unfit);
  const tasks = planTasks(plan, { images: kept, maskId: undefined, referenceIds: [] });
  const fits = planProblems(plan, count + kept.length).length === 0;
  const { platform, updateKey, partKeys = [] } = request;
  const updates = { platform, keys: [updateKey, ...partKeys] };
  const hasJoined = fits && (await engine.albums.extend(batch.id, { user, tasks, notes, updates }));
  if (hasJoined) return { kind: 'card', batchId: batch.id };
  return submitTasks(context, {
    origin: 'batch',
    parentBatchId: batch.id,
    prompt: batch.prompt,
    tasks,
    notes: [{ kind: 'late-parts' }, ...notes],
    private: batch.private,
  });
}

/** @throws Refusal where the images belong to nothing */
async function batchFor(
  { engine, request, user }: CommandContext,
  { of, sentAt }: Extract<Intent, { kind: 'more-images' }>,
): Promise<BatchView> {
  if (of !== undefined) {
    const batch = await engine.albums.batchOf(request.platform, of);
    if (batch?.owner.id === user.id && imagesOf(batch) > 0) return batch;
    throw new Refusal(sentence('album-late'));
  }
  const batch = await engine.albums.latestOf(user.id, request.scopeId);
  const isRecent =
    batch?.origin === 'batch' && sentAt.getTime() - batch.createdAt.getTime() < firstSecondsMs;
  if (isRecent && imagesOf(batch) > 0) return batch;
  throw new Refusal(sentence('image-without-words'));
}

function hasRoles(request: TaskRequest | undefined): boolean {
  return request?.maskId !== undefined || (request?.referenceIds ?? []).length > 0;
}

/** How many came with it, used or left out. */
function imagesOf({ tasks, notes }: BatchView): number {
  const used = new Set(tasks.flatMap(({ request }) => request.inputId ?? []));
  if (used.size === 0) return 0;
  return notes.reduce((count, note) => {
    if (note.kind === 'late-parts') return count;
    return count + (note.kind === 'more-left-out' ? note.count : 1);
  }, used.size);
}

/** The batch's own plan, read off what came of it. */
function planLike({ prompt, tasks }: BatchView, preset: Preset | undefined): TaskPlan {
  const requests = tasks.map(({ request }) => request);
  const [first] = requests;
  const models = new Set(requests.map(({ model }) => model));
  return {
    prompt,
    prompts: readImagePrompts(prompt),
    ...(preset ? { preset } : {}),
    models: [...models],
    operation: first?.operation ?? 'edit',
    shared: sharedOf(first),
  };
}

function sharedOf(request: TaskRequest | undefined): TaskPlan['shared'] {
  const { negative, aspect, count = 1, seed, strength } = request ?? {};
  return {
    count,
    ...(negative === undefined ? {} : { negative }),
    ...(aspect === undefined ? {} : { aspect }),
    ...(seed === undefined ? {} : { seed }),
    ...(strength === undefined ? {} : { strength }),
  };
}

async function presetOf(
  { engine, request }: CommandContext,
  { tasks }: BatchView,
): Promise<Preset | undefined> {
  const wanted = tasks[0]?.request.preset;
  if (wanted === undefined) return undefined;
  const presets = await engine.presets.list(request.scopeId);
  return presets.find(({ name, scopeId }) => name === wanted.name && scopeId === wanted.scopeId);
}
