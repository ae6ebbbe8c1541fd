import type { TaskRequest } from '../../engine/index.js';
import { countChoices, expandChoices } from '../choices.js';
import { type Sentence, sentence } from '../refusal.js';
import { limits } from './limits.js';

/** What one message asks for, before it is spread over tasks. */
export interface TaskPlan {
  /** As it was typed, with choices in braces. */
  readonly prompt: string;
  /** Undefined stands for the default. */
  readonly models: readonly (string | undefined)[];
  /** Images to start from; none makes tasks from the prompt alone. */
  readonly imageCount: number;
  readonly shared: Pick<TaskRequest, 'negative' | 'aspect' | 'count' | 'seed' | 'strength'>;
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
export function planTasks(plan: TaskPlan, inputIds: readonly string[]): TaskRequest[] {
  const prompts = expandChoices(plan.prompt);
  const inputs = inputIds.length > 0 ? inputIds : [undefined];
  return inputs.flatMap((inputId) =>
    plan.models.flatMap((model) =>
      prompts.map((prompt) => ({
        operation: inputId === undefined ? ('generate' as const) : ('edit' as const),
        prompt,
        ...plan.shared,
        ...(model === undefined ? {} : { model }),
        ...(inputId === undefined ? {} : { inputId }),
      })),
    ),
  );
}
