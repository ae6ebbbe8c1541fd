import type {
  BatchNote,
  BatchOrigin,
  Preset,
  StoredInput,
  TaskRequest,
  UserPreferences,
} from '../../engine/index.js';
import { newCardPlace } from '../card-reach.js';
import { unknownPreset } from '../explanation.js';
import { Refusal, type Sentence, sentence } from '../refusal.js';
import type { Attachment, ChatRequest, Reply } from '../request.js';
import type { CommandContext } from './command.js';
import { imagePromptProblems, readImagePrompts } from './image-prompts.js';
import { modelProblems } from './model-abilities.js';
import { sortedOut } from './sorted-images.js';
import { isArchive, keepAll, keepSources } from './source-images.js';
import { planProblems, planTasks, type TaskPlan } from './task-plan.js';

/** The options that `/imagine` and `/batch` have in common, checked one by one already. */
export interface PromptOptions {
  /** A batch may have none, where a preset says what to do. */
  readonly prompt?: string | undefined;
  readonly model?: readonly string[] | undefined;
  /** A preset's name. */
  readonly preset?: string | undefined;
  readonly negative?: string | undefined;
  readonly aspect?: string | undefined;
  readonly count?: number | undefined;
  readonly seed?: number | undefined;
  readonly strength?: number | undefined;
}

export interface Submission {
  readonly origin: BatchOrigin;
  readonly options: PromptOptions;
  /** To start from: one task each. */
  readonly images: readonly Attachment[];
  readonly references: readonly Attachment[];
  /** Of the one image. */
  readonly mask?: Attachment;
  /** Undefined: as their settings say. */
  readonly private: boolean | undefined;
}

/**
 * Checks what is cheap to check, fetches the images, tells the platform that an answer is coming,
 * and hands the batch to the engine: so errors come before anything is public.
 * @throws Refusal, EngineError, RecordUnavailableError
 */
export async function submitPrompt(
  context: CommandContext,
  submission: Submission,
): Promise<Reply> {
  const { engine, request, isAdmin } = context;
  const { origin, options, images, references, mask } = submission;
  const isPrivate = submission.private ?? context.user.preferences?.private ?? false;
  const preset =
    (await findPreset(context, options.preset)) ??
    (options.preset === undefined ? await usualPreset(context) : undefined);
  const known = await engine.models(isAdmin ? 'hidden' : undefined);
  const defaults = usablePreferences(context, submission, known);
  const plan = planOf(submission, typeof preset === 'function' ? undefined : preset, defaults);
  const wish = { operation: plan.operation, references: references.length };
  const problems = [
    ...(typeof preset === 'function' ? [preset] : []),
    ...promptProblems(submission),
    ...imageProblems(submission),
    ...modelProblems(plan.models, wish, known),
    ...countProblems(plan, images.length, images.some(isArchive)),
  ];
  if (problems.length > 0) throw new Refusal(...problems);

  await checkRules(context, plan);
  const sources = await keepSources(images, {
    inputs: engine.inputs,
    checkCount(count) {
      const tooMany = countProblems(plan, count, images.some(isArchive));
      if (tooMany.length > 0) throw new Refusal(...tooMany);
    },
  });
  const { kept, notes } = sortedOut(sources);
  const unfit = imagePromptProblems(plan.prompts, sources.length, plan.preset !== undefined);
  if (unfit.length > 0) throw new Refusal(...unfit);
  const others = await keepAll([...references, ...(mask ? [mask] : [])], engine.inputs);
  const keptMask = mask && others.at(-1);
  checkMask(keptMask, kept[0]);
  await request.acknowledge({ private: isPrivate });
  const tasks = planTasks(plan, {
    images: kept,
    referenceIds: others.slice(0, references.length).map(({ id }) => id),
    maskId: keptMask?.id,
  });
  return submitTasks(context, {
    ...{ origin, prompt: plan.prompt, tasks, private: isPrivate },
    ...(notes.length === 0 ? {} : { notes }),
  });
}

/** A zip may make the images more than those that came, never fewer. */
function countProblems(plan: TaskPlan, count: number, mayBeMore: boolean): Sentence[] {
  const tooMany = planProblems(plan, count);
  if (tooMany.length > 0 || mayBeMore) return tooMany;
  return imagePromptProblems(plan.prompts, count, plan.preset !== undefined);
}

/** The one of somebody's settings, where there is such a one here. */
async function usualPreset(context: CommandContext): Promise<Preset | undefined> {
  const found = await findPreset(context, context.user.preferences?.preset);
  return typeof found === 'function' ? undefined : found;
}

/** The preset of that name, or what is to be said where there is none. */
async function findPreset(
  { engine, request }: CommandContext,
  name: string | undefined,
): Promise<Preset | Sentence | undefined> {
  if (name === undefined) return undefined;
  const presets = await engine.presets.list(request.scopeId);
  const found = presets.find((preset) => preset.name === name);
  const names = presets.map((preset) => preset.name);
  return found ?? unknownPreset(name, names);
}

function promptProblems({ options: { prompt, preset } }: Submission): Sentence[] {
  return prompt === undefined && preset === undefined ? [sentence('batch-prompt-empty')] : [];
}

function imageProblems({ origin, options, images, mask }: Submission): Sentence[] {
  if (images.length > 0) return [];
  const { strength } = options;
  return [
    ...(origin === 'batch' ? [sentence('image-missing')] : []),
    ...(strength === undefined
      ? []
      : [sentence('strength-without-image', { value: String(strength) })]),
    ...(mask ? [sentence('mask-without-image')] : []),
  ];
}

/** Of another shape it would be stretched, and mark what nobody meant. @throws Refusal */
function checkMask(mask: StoredInput | undefined, image: StoredInput | undefined): void {
  if (!mask || !image) return;
  const ratio = mask.width / mask.height / (image.width / image.height);
  if (ratio > 0.97 && ratio < 1.03) return;
  const sizeOf = ({ width, height }: StoredInput) => `${width}×${height}`;
  throw new Refusal(sentence('mask-shape-wrong', { mask: sizeOf(mask), image: sizeOf(image) }));
}

/** Before anything is fetched or public; the engine asks again when it takes the batch. */
async function checkRules(context: CommandContext, plan: TaskPlan): Promise<void> {
  const { engine, request, user } = context;
  const { prompt, preset, models } = plan;
  await engine.administration.check({
    userId: user.id,
    scopeId: request.scopeId,
    prompts: [prompt],
    models: models.filter((model) => model !== undefined),
    presets: preset ? [preset.name] : [],
    place: request.place,
  });
}

export interface TaskSubmission {
  readonly origin: BatchOrigin;
  readonly parentBatchId?: string;
  readonly prompt: string;
  readonly tasks: readonly TaskRequest[];
  readonly notes?: readonly BatchNote[];
  readonly private: boolean;
}

export async function submitTasks(
  { engine, request, user, isAdmin }: CommandContext,
  submission: TaskSubmission,
): Promise<Reply> {
  const { address, isElsewhere } = await newCardPlace(request, submission.private);
  const { batchId } = await engine.submit({
    ...submission,
    user,
    scopeId: request.scopeId,
    update: updateOf(request),
    address,
    place: request.place,
    asAdmin: isAdmin,
  });
  return { kind: 'card', batchId, ...(isElsewhere ? { isElsewhere } : {}) };
}

function updateOf({ platform, updateKey: key, partKeys }: ChatRequest) {
  return { platform, key, ...(partKeys ? { partKeys } : {}) };
}

/**
 * One's own defaults, as far as they go with the request: a model that can't do it is left to the
 * usual choice, and an image decides its own aspect.
 */
function usablePreferences(
  { user }: CommandContext,
  { images, mask, references }: Submission,
  known: Awaited<ReturnType<CommandContext['engine']['models']>>,
): UserPreferences {
  const { model, aspect, ...defaults } = user.preferences ?? {};
  const hasImage = images.length > 0;
  const operation = hasImage ? (mask ? 'inpaint' : 'edit') : 'generate';
  const wish = { operation, references: references.length } as const;
  const isAble = model !== undefined && modelProblems([model], wish, known).length === 0;
  return {
    ...defaults,
    ...(isAble ? { model } : {}),
    ...(aspect === undefined || hasImage ? {} : { aspect }),
  };
}

/** What was asked for goes before what the preset says, and that before one's own defaults. */
function planOf(
  { options, images, mask }: Submission,
  preset: Preset | undefined,
  defaults: UserPreferences,
): TaskPlan {
  const { prompt = '', model, seed } = options;
  const hasImage = images.length > 0;
  const negative = options.negative ?? preset?.negative ?? defaults.negative;
  const aspect = options.aspect ?? preset?.aspect ?? defaults.aspect;
  const strength = options.strength ?? (hasImage ? preset?.strength : undefined);
  return {
    prompt,
    prompts: readImagePrompts(prompt, images.length),
    ...(preset ? { preset } : {}),
    models: model ?? [preset?.model ?? defaults.model],
    operation: hasImage ? (mask ? 'inpaint' : 'edit') : 'generate',
    shared: {
      count: options.count ?? preset?.count ?? defaults.count ?? 1,
      ...(negative === undefined || negative === '' ? {} : { negative }),
      ...(aspect === undefined ? {} : { aspect }),
      ...(seed === undefined ? {} : { seed }),
      ...(strength === undefined ? {} : { strength }),
    },
  };
}
