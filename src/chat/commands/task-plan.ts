import {
  applyTemplate,
  type Operation,
  type Preset,
  type TaskRequest,
} from '../../engine/index.js';
import { countChoices, expandChoices } from '../choices.js';
import { type Sentence, sentence } from '../refusal.js';
import { limits } from './limits.js';

/** What one message asks for, before it is spread over tasks. */
export interface TaskPlan {
  /** As it was typed, with choices in braces. */
  readonly prompt: string;
  /** In whose words each prompt is put. */
  readonly preset?: Preset;
  /** Undefined stands for the default. */
  readonly models: readonly (string | undefined)[];
  /** Images to start from; none makes tasks from the prompt alone. */
  readonly imageCount: number;
  readonly operation: Operation;
  readonly shared: Pick<TaskRequest, 'negative' | 'aspect' | 'count' | 'seed' | 'strength'>;
}

/** The ids of the images that were kept for a plan. */
export interface PlanInputs {
  readonly imageIds: readonly string[];
  readonly referenceIds: readonly string[];
  readonly maskId?: string | undefined;
}

/** Counted before a single prompt is written out, so that no text can make millions. */
export function planProblems({ prompt, models, imageCount }: TaskPlan): Sentence[] {
  const variants = models.length * countChoices(prompt);
  if (variants > limits.maxVariants) {
    return [sentence('too-many-variants', { count: variants, max: limits.maxVariants })];
  }
  const tasks = variants * Math.max(1, imageCount);
  return tasks > limits.maxTasks
    ? [sentence('too-many-tasks', { count: tasks, max: limits.maxTasks })]
    : [];
}

/** One task for each image, model and choice, in this order. */
export function planTasks(plan: TaskPlan, inputs: PlanInputs): TaskRequest[] {
  const { preset, operation, shared } = plan;
  const prompts = expandChoices(plan.prompt).map((prompt) =>
    preset ? applyTemplate(preset.prompt, prompt) : prompt,
  );
  const { maskId, referenceIds } = inputs;
  const imageIds = inputs.imageIds.length > 0 ? inputs.imageIds : [undefined];
  return imageIds.flatMap((inputId) =>
    plan.models.flatMap((model) =>
      prompts.map((prompt) => ({
        operation,
        prompt,
        ...shared,
        ...(model === undefined ? {} : { model }),
        ...(inputId === undefined ? {} : { inputId }),
        ...(maskId === undefined ? {} : { maskId }),
        ...(referenceIds.length === 0 ? {} : { referenceIds }),
        ...(preset ? { preset: referenceTo(preset) } : {}),
      })),
    ),
  );
}

function referenceTo({ name, scopeId, version }: Preset) {
  return { name, scopeId, version };
}
