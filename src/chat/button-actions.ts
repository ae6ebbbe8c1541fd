import { type BatchView, EngineError, type TaskRequest } from '../engine/index.js';
import type { ButtonAction } from './buttons.js';
import type { CommandContext } from './commands/command.js';
import { submitTasks } from './commands/submission.js';
import { Refusal, sentence } from './refusal.js';
import type { Reply } from './request.js';

/** How far a variation moves away from its image. */
const varyStrength = 0.6;

/**
 * Does what a button says, for the card's owner and those who manage its scope.
 * @throws Refusal, EngineError, RecordUnavailableError
 */
export async function runButton(context: CommandContext, action: ButtonAction): Promise<Reply> {
  const { engine, batchAndActor } = context;
  switch (action.kind) {
    case 'cancel':
    case 'retry': {
      const { actor } = await batchAndActor(action.batchId);
      await engine[action.kind](action.batchId, actor);
      return { kind: 'quiet' };
    }
    case 'delete': {
      const { actor } = await batchAndActor(action.batchId);
      await engine.remove(action.batchId, actor);
      return { kind: 'delete-message' };
    }
    case 'originals': {
      const batch = await permittedBatch(context, action.batchId);
      const imageIds = batch.tasks.flatMap(({ images }) => images.map(({ id }) => id));
      if (imageIds.length === 0) throw new Refusal(sentence('originals-none'));
      return { kind: 'documents', batchId: batch.id, imageIds };
    }
    case 'again': {
      const batch = await permittedBatch(context, action.batchId);
      return submitChild(context, batch, 'again', async () => batch.tasks.map(withNewSeed));
    }
    case 'upscale':
    case 'vary': {
      const { imageId, kind } = action;
      const batch = await permittedBatch(context, await batchIdOfImage(context, imageId));
      return submitChild(context, batch, kind, async () => {
        const { id: inputId } = await engine.inputs.keepImage(imageId);
        const { request } = taskOfImage(batch, imageId);
        return [
          kind === 'upscale' ? upscaleRequest(request, inputId) : varyRequest(request, inputId),
        ];
      });
    }
  }
}

async function submitChild(
  context: CommandContext,
  parent: BatchView,
  origin: 'again' | 'upscale' | 'vary',
  makeTasks: () => Promise<TaskRequest[]>,
): Promise<Reply> {
  const tasks = await makeTasks();
  await context.request.acknowledge({ private: parent.private });
  return submitTasks(context, {
    origin,
    parentBatchId: parent.id,
    prompt: parent.prompt,
    tasks,
    private: parent.private,
  });
}

function withNewSeed({ request }: BatchView['tasks'][number]): TaskRequest {
  const { seed: _seed, ...rest } = request;
  return rest;
}

function upscaleRequest({ prompt }: TaskRequest, inputId: string): TaskRequest {
  return { operation: 'upscale', prompt, count: 1, inputId };
}

/** The image decides the aspect. */
function varyRequest(request: TaskRequest, inputId: string): TaskRequest {
  const { prompt, negative, model, count } = request;
  return {
    operation: 'vary',
    prompt,
    count,
    inputId,
    strength: varyStrength,
    ...(negative === undefined ? {} : { negative }),
    ...(model === undefined ? {} : { model }),
  };
}

async function permittedBatch(context: CommandContext, batchId: string): Promise<BatchView> {
  const { batch, actor } = await context.batchAndActor(batchId);
  if (batch.owner.id === actor.userId || actor.manages) return batch;
  throw new EngineError({ kind: 'not-yours', id: batchId });
}

async function batchIdOfImage({ engine }: CommandContext, imageId: string): Promise<string> {
  const batch = await engine.batchOfImage(imageId);
  if (!batch) throw new EngineError({ kind: 'unknown-image', id: imageId });
  return batch.id;
}

function taskOfImage(batch: BatchView, imageId: string): BatchView['tasks'][number] {
  const task = batch.tasks.find(({ images }) => images.some(({ id }) => id === imageId));
  if (!task) throw new EngineError({ kind: 'unknown-image', id: imageId });
  return task;
}
