import { type BatchView, EngineError, type TaskRequest } from '../engine/index.js';
import { maySee } from './audience.js';
import { pickImagePanel, sharePanel, showPanel } from './batch-panel.js';
import type { ButtonAction } from './buttons.js';
import { renewAddress, retryInView } from './card-reach.js';
import { checkChannelPermissions } from './channel-permissions.js';
import type { CommandContext } from './commands/command.js';
import { submitTasks } from './commands/submission.js';
import { deleteByButton } from './deletion.js';
import { imageForm, promptForm, submitImageEdit, submitNewPrompt } from './edit.js';
import type { FormAnswers } from './form.js';
import { soon } from './form-patience.js';
import { historyPage } from './history-panel.js';
import { Refusal, sentence } from './refusal.js';
import type { Reply } from './request.js';

/** How far a variation moves away from its image. */
const varyStrength = 0.6;

/**
 * Does what a button says, for the card's owner and those who manage its scope.
 * @throws Refusal, EngineError, RecordUnavailableError
 */
export async function runButton(
  context: CommandContext,
  action: ButtonAction,
  answers?: FormAnswers,
): Promise<Reply> {
  const { engine, batchAndActor } = context;
  switch (action.kind) {
    case 'cancel': {
      const { actor } = await batchAndActor(action.batchId);
      await engine.cancel(action.batchId, actor);
      await renewAddress(context, action.batchId);
      return { kind: 'quiet' };
    }
    case 'retry': {
      const { batch, actor } = await batchAndActor(action.batchId);
      const outcome = await retryInView(context, { id: batch.id, batch, actor });
      await renewAddress(context, batch.id);
      if (outcome !== 'unmoved') return { kind: 'quiet' };
      const text = context.texts.text('batch-retried', { id: batch.id });
      return { kind: 'text', text, private: true };
    }
    case 'delete':
      return deleteByButton(context, action.batchId);
    case 'send-again': {
      const { id } = await permittedBatch(context, action.batchId);
      await engine.cards.posts.sendAgain(id);
      return { kind: 'quiet' };
    }
    case 'fetch': {
      const { id } = await permittedBatch(context, action.batchId);
      await renewAddress(context, id);
      return { kind: 'quiet' };
    }
    case 'zip': {
      const batch = await permittedBatch(context, action.batchId);
      const imageIds = batch.tasks.flatMap(({ images }) => images.map(({ id }) => id));
      if (imageIds.length === 0) throw new Refusal(sentence('originals-none'));
      return { kind: 'archive', batchId: batch.id, imageIds };
    }
    case 'originals': {
      const batch = await permittedBatch(context, action.batchId);
      const imageIds = batch.tasks.flatMap(({ images }) => images.map(({ id }) => id));
      if (imageIds.length === 0) throw new Refusal(sentence('originals-none'));
      return { kind: 'documents', batchId: batch.id, imageIds };
    }
    case 'show': {
      const { batch, actor } = await batchAndActor(action.batchId);
      return showPanel(context, batch, actor);
    }
    case 'share':
      return sharePanel(context, await permittedBatch(context, action.batchId));
    case 'pick-image':
      return pickImagePanel(await permittedBatch(context, action.batchId), context.texts);
    case 'history': {
      const { userId, page, filter } = action;
      if (userId !== context.user.id) throw new EngineError({ kind: 'not-yours', id: userId });
      return historyPage(context, { page, filter, replaces: true });
    }
    case 'erase': {
      const { user, texts } = context;
      if (action.userId !== user.id) throw new EngineError({ kind: 'not-yours', id: user.id });
      const batches = await engine.accounts.erase(user.id);
      return { kind: 'text', text: texts.text('erased', { batches }), private: true };
    }
    case 'edit-prompt': {
      const finding = permittedBatch(context, action.batchId);
      if (answers) return submitNewPrompt(context, await finding, answers);
      // Without the batch the form still works: whose it is, is asked again when it comes back.
      const batch = await soon(finding);
      return { kind: 'form', form: promptForm(context.texts, batch?.prompt) };
    }
    case 'edit-image': {
      const { imageId } = action;
      const finding = permittedBatchOfImage(context, imageId);
      if (answers) return submitImageEdit(context, await finding, imageId, answers);
      await soon(finding);
      return { kind: 'form', form: imageForm(context.texts) };
    }
    case 'again': {
      const batch = await permittedBatch(context, action.batchId);
      return submitChild(context, batch, 'again', async () => batch.tasks.map(withNewSeed));
    }
    case 'upscale':
    case 'vary': {
      const { imageId, kind } = action;
      const batch = await permittedBatchOfImage(context, imageId);
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

/** Whether a button asks by a form, before which nothing may be acknowledged. */
export function asksByForm({ kind }: ButtonAction): boolean {
  return kind === 'edit-prompt' || kind === 'edit-image';
}

async function submitChild(
  context: CommandContext,
  parent: BatchView,
  origin: 'again' | 'upscale' | 'vary',
  makeTasks: () => Promise<TaskRequest[]>,
): Promise<Reply> {
  checkChannelPermissions(context.request);
  await checkPerson(context, parent);
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

/** Before an answer is announced that all may see; the engine asks again, by what the tasks are. */
async function checkPerson(context: CommandContext, parent: BatchView): Promise<void> {
  const { engine, request, user } = context;
  await engine.administration.check({
    userId: user.id,
    scopeId: request.scopeId,
    prompts: [parent.prompt],
    models: parent.tasks.flatMap(({ model }) => model ?? []),
    presets: parent.tasks.flatMap(({ request: { preset } }) => preset?.name ?? []),
    place: request.place,
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
  if (maySee(batch, actor)) return batch;
  throw new EngineError({ kind: 'not-yours', id: batchId });
}

async function permittedBatchOfImage(context: CommandContext, imageId: string): Promise<BatchView> {
  const batch = await context.engine.batchOfImage(imageId);
  if (!batch) throw new EngineError({ kind: 'unknown-image', id: imageId });
  return permittedBatch(context, batch.id);
}

function taskOfImage(batch: BatchView, imageId: string): BatchView['tasks'][number] {
  const task = batch.tasks.find(({ images }) => images.some(({ id }) => id === imageId));
  if (!task) throw new EngineError({ kind: 'unknown-image', id: imageId });
  return task;
}
