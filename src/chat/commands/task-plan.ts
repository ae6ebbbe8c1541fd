import {
  applyTemplate,
  type Operation,
  type Preset,
  type TaskRequest,
} from '../../engine/index.js';
import { countChoices, expandChoices } from '../choices.js';
import { type Sentence, sentence } from '../refusal.js';
import { type ImagePrompts, promptOfImage } from './image-prompts.js';
import { limits } from './limits.js';

/** What one message asks for, before it is spread over tasks. */
export interface TaskPlan {
  /** As it was typed, with choices in braces and numbered lines. */
  readonly prompt: string;
  /** The same, read. */
  readonly prompts: ImagePrompts;
  /** In whose words each prompt is put. */
  readonly preset?: Preset;
  /** Undefined stands for the default. */
  readonly models: readonly (string | undefined)[];
  readonly operation: Operation;
  readonly shared: Pick<TaskRequest, 'negative' | 'aspect' | 'count' | 'seed' | 'strength'>;
}

/** The ids of the images that were kept for a plan. */
export interface PlanInputs {
  /** To start from, with the place of each among those that came; none makes tasks from words alone. */
  readonly images: readonly { readonly id: string; readonly number: number }[];
  readonly referenceIds: readonly string[];
  readonly maskId?: string | undefined;
}

/** Counted before a single prompt is written out, so that no text can make millions. */
export function planProblems({ prompts, models }: TaskPlan, imageCount: number): Sentence[] {
  const variants = (number: number) => models.length * countChoices(promptOfImage(prompts, number));
  const counts = Array.from({ length: Math.max(1, imageCount) }, (_, index) => variants(index + 1));
  const most = Math.max(...counts);
  if (most > limits.maxVariants) {
    return [sentence('too-many-variants', { count: most, max: limits.maxVariants })];
  }
  const tasks = counts.reduce((sum, count) => sum + count, 0);
  return tasks > limits.maxTasks
    ? [sentence('too-many-tasks', { count: tasks, max: limits.maxTasks })]
    : [];
}

/** One task for each image, model and choice, in this order. */
export function planTasks(plan: TaskPlan, inputs: PlanInputs): TaskRequest[] {
  const { preset, operation, shared } = plan;
  const { maskId, referenceIds } = inputs;
  const images = inputs.images.length > 0 ? inputs.images : [undefined];
  return images.flatMap((image) =>
    plan.models.flatMap((model) =>
      promptsFor(plan, image?.number ?? 1).map((prompt) => ({
        operation,
        prompt,
        ...shared,
        ...(model === undefined ? {} : { model }),
        ...(image === undefined ? {} : { inputId: image.id }),
        ...(maskId === undefined ? {} : { maskId }),
        ...(referenceIds.length === 0 ? {} : { referenceIds }),
        ...(preset ? { preset: referenceTo(preset) } : {}),
      })),
    ),
  );
}

function promptsFor({ prompts, preset }: TaskPlan, number: number): string[] {
  return expandChoices(promptOfImage(prompts, number)).map((prompt) =>
    preset ? applyTemplate(preset.prompt, prompt) : prompt,
  );
}

function referenceTo({ name, scopeId, version }: Preset) {
  return { name, scopeId, version };
}
