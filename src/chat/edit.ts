import { z } from 'zod';
import type { BatchView, Preset, TaskRequest } from '../engine/index.js';
import type { CommandContext } from './commands/command.js';
import { imagePromptProblems, readImagePrompts } from './commands/image-prompts.js';
import { limits } from './commands/limits.js';
import { modelProblems } from './commands/model-abilities.js';
import { readOptions } from './commands/option-values.js';
import * as options from './commands/options.js';
import { submitTasks } from './commands/submission.js';
import { planProblems, planTasks, type TaskPlan } from './commands/task-plan.js';
import { unknownPreset } from './explanation.js';
import type { Form, FormAnswers } from './form.js';
import { Refusal } from './refusal.js';
import type { Reply } from './request.js';
import type { LocalizedTexts } from './texts.js';

/** The field of both forms. */
const promptField = 'prompt';

/** Flags may end the new prompt; what they leave out stays as it was. */
const editOptions = z.object({
  [promptField]: options.promptOption('option-prompt'),
  model: options.model,
  preset: options.preset,
  negative: options.negative,
  aspect: options.aspect,
  count: options.countOption('option-count'),
  seed: options.seed,
  strength: options.strength,
});

/** Asks for another prompt; the one there was stands in the field, where it is known in time. */
export function promptForm(texts: LocalizedTexts, prompt?: string): Form {
  return {
    title: texts.text('form-edit-prompt'),
    fields: [
      {
        kind: 'text',
        name: promptField,
        label: texts.text('form-prompt'),
        ...(prompt === undefined ? {} : { value: prompt }),
        required: true,
        isLong: true,
        maxCharacters: limits.promptMaxCharacters,
      },
    ],
  };
}

/** Asks how an image shall be changed. */
export function imageForm(texts: LocalizedTexts): Form {
  return { ...promptForm(texts), title: texts.text('form-edit-image') };
}

function writtenOptions(answers: FormAnswers) {
  const text = answers[promptField];
  return readOptions(editOptions, { [promptField]: typeof text === 'string' ? text : '' }, 'text');
}

/**
 * The batch once more with another prompt: the same images, models and parameters, new seeds.
 * @throws Refusal, EngineError, RecordUnavailableError
 */
export async function submitNewPrompt(
  context: CommandContext,
  parent: BatchView,
  answers: FormAnswers,
): Promise<Reply> {
  const written = writtenOptions(answers);
  const requests = parent.tasks.map(({ request }) => request);
  const [first] = requests;
  const preset = await presetOf(context, written.preset, first?.preset?.name);
  const images = distinct(requests.map(({ inputId }) => inputId));
  const plan: TaskPlan = {
    prompt: written.prompt,
    prompts: readImagePrompts(written.prompt, images.length),
    ...(preset ? { preset } : {}),
    models: written.model ?? distinctModels(requests),
    operation: first?.operation ?? 'generate',
    shared: sharedParameters(written, first),
  };
  const inputs = {
    images: images.map((id, index) => ({ id, number: index + 1 })),
    referenceIds: first?.referenceIds ?? [],
    maskId: first?.maskId,
  };
  return submitPlan(context, parent, plan, {
    imageCount: images.length,
    keepInputs: async () => inputs,
  });
}

/**
 * One finished image, changed as a prompt says.
 * @throws Refusal, EngineError, RecordUnavailableError
 */
export async function submitImageEdit(
  context: CommandContext,
  parent: BatchView,
  imageId: string,
  answers: FormAnswers,
): Promise<Reply> {
  const { engine } = context;
  const written = writtenOptions(answers);
  const source = parent.tasks.find(({ images }) => images.some(({ id }) => id === imageId));
  const known = await engine.models();
  // An enlarged image's model is one that enlarges.
  const model = known.find(({ name, canEdit }) => canEdit && name === source?.request.model)?.name;
  const preset = await presetOf(context, written.preset);
  const { aspect: _shape, seed: _seed, strength: _strength, ...kept } = source?.request ?? {};
  const plan: TaskPlan = {
    prompt: written.prompt,
    prompts: readImagePrompts(written.prompt, 1),
    ...(preset ? { preset } : {}),
    models: written.model ?? [model],
    operation: 'edit',
    shared: sharedParameters(written, kept),
  };
  return submitPlan(context, parent, plan, {
    imageCount: 1,
    keepInputs: async () => {
      const { id } = await engine.inputs.keepImage(imageId);
      return { images: [{ id, number: 1 }], referenceIds: [] };
    },
  });
}

interface PlanSources {
  readonly imageCount: number;
  readonly keepInputs: () => Promise<Parameters<typeof planTasks>[1]>;
}

async function submitPlan(
  context: CommandContext,
  parent: BatchView,
  plan: TaskPlan,
  { imageCount, keepInputs }: PlanSources,
): Promise<Reply> {
  const inputs = { operation: plan.operation, references: 0 };
  const problems = [
    ...planProblems(plan, imageCount),
    ...imagePromptProblems(plan.prompts, imageCount, plan.preset !== undefined),
    ...modelProblems(plan.models, inputs, await context.engine.models()),
  ];
  if (problems.length > 0) throw new Refusal(...problems);
  const tasks = planTasks(plan, await keepInputs());
  await context.request.acknowledge({ private: parent.private });
  return submitTasks(context, {
    origin: 'edit',
    parentBatchId: parent.id,
    prompt: plan.prompt,
    tasks,
    private: parent.private,
  });
}

type Written = z.output<typeof editOptions>;

/** What was written now goes before what was asked for then; a seed of then would change little. */
function sharedParameters(written: Written, before: Partial<TaskRequest> = {}): TaskPlan['shared'] {
  const negative = written.negative ?? before.negative;
  const aspect = written.aspect ?? before.aspect;
  const strength = written.strength ?? before.strength;
  return {
    count: written.count ?? before.count ?? 1,
    ...(negative === undefined || negative === '' ? {} : { negative }),
    ...(aspect === undefined ? {} : { aspect }),
    ...(strength === undefined ? {} : { strength }),
    ...(written.seed === undefined ? {} : { seed: written.seed }),
  };
}

/** One that was asked for must be there; one of then may be gone by now. */
async function presetOf(
  { engine, request }: CommandContext,
  asked: string | undefined,
  before?: string,
): Promise<Preset | undefined> {
  const name = asked ?? before;
  if (name === undefined) return undefined;
  const presets = await engine.presets.list(request.scopeId);
  const found = presets.find((preset) => preset.name === name);
  if (found || asked === undefined) return found;
  throw new Refusal(
    unknownPreset(
      asked,
      presets.map((preset) => preset.name),
    ),
  );
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

function distinctModels(requests: readonly TaskRequest[]): readonly (string | undefined)[] {
  const models = distinct(requests.map(({ model }) => model));
  return models.length > 0 ? models : [undefined];
}
