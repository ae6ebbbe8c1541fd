import type { BatchOrigin, ModelInfo, TaskRequest } from '../../engine/index.js';
import { unknownModel } from '../explanation.js';
import { nearest } from '../nearest.js';
import { Refusal, type Sentence, sentence } from '../refusal.js';
import type { Attachment, Reply } from '../request.js';
import type { CommandContext } from './command.js';
import { claimProblems, keepImages } from './input-images.js';
import { planProblems, planTasks, type TaskPlan } from './task-plan.js';

/** The options that `/imagine` and `/batch` have in common, checked one by one already. */
export interface PromptOptions {
  readonly prompt: string;
  readonly model?: readonly string[] | undefined;
  readonly negative?: string | undefined;
  readonly aspect?: string | undefined;
  readonly count?: number | undefined;
  readonly seed?: number | undefined;
  readonly strength?: number | undefined;
}

export interface Submission {
  readonly origin: BatchOrigin;
  readonly options: PromptOptions;
  readonly images: readonly Attachment[];
  readonly private: boolean;
}

/**
 * Checks what is cheap to check, fetches the images, tells the platform that an answer is coming,
 * and hands the batch to the engine: so errors come before anything is public.
 * @throws Refusal, EngineError, RecordUnavailableError
 */
export async function submitPrompt(
  context: CommandContext,
  { origin, options, images, private: isPrivate }: Submission,
): Promise<Reply> {
  const { engine, request } = context;
  const plan = planOf(options, images.length);
  const problems = [
    ...(options.strength !== undefined && images.length === 0
      ? [sentence('strength-without-image', { value: String(options.strength) })]
      : []),
    ...planProblems(plan),
    ...modelProblems(plan, await engine.models()),
    ...claimProblems(images, engine.inputs),
  ];
  if (problems.length > 0) throw new Refusal(...problems);

  const inputs = await keepImages(images, engine.inputs);
  await request.acknowledge({ private: isPrivate });
  const tasks = planTasks(
    plan,
    inputs.map(({ id }) => id),
  );
  return submitTasks(context, { origin, prompt: options.prompt, tasks, private: isPrivate });
}

export interface TaskSubmission {
  readonly origin: BatchOrigin;
  readonly parentBatchId?: string;
  readonly prompt: string;
  readonly tasks: readonly TaskRequest[];
  readonly private: boolean;
}

export async function submitTasks(
  { engine, request, user }: CommandContext,
  submission: TaskSubmission,
): Promise<Reply> {
  const { batchId } = await engine.submit({
    ...submission,
    user,
    scopeId: request.scopeId,
    update: { platform: request.platform, key: request.updateKey },
    address: request.address,
  });
  return { kind: 'card', batchId };
}

function planOf(options: PromptOptions, imageCount: number): TaskPlan {
  const { prompt, model, negative, aspect, count = 1, seed, strength } = options;
  return {
    prompt,
    models: model ?? [undefined],
    imageCount,
    shared: {
      count,
      ...(negative === undefined || negative === '' ? {} : { negative }),
      ...(aspect === undefined ? {} : { aspect }),
      ...(seed === undefined ? {} : { seed }),
      ...(strength === undefined ? {} : { strength }),
    },
  };
}

/** With no model known, as when every backend is away, the engine decides. */
function modelProblems({ models, imageCount }: TaskPlan, known: readonly ModelInfo[]): Sentence[] {
  if (known.length === 0) return [];
  const problems = models.map((wanted): Sentence | undefined => {
    const found =
      wanted === undefined
        ? known.find((model) => model.default)
        : known.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    if (!found) {
      if (wanted === undefined) return undefined;
      const names = known.map(({ name }) => name);
      return unknownModel(wanted, nearest(wanted, names));
    }
    return imageCount > 0 && !found.canEdit
      ? sentence('model-cannot-edit', { model: found.name })
      : undefined;
  });
  return problems.filter((problem) => problem !== undefined);
}
