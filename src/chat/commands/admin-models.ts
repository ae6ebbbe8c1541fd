import { z } from 'zod';
import type { ListedModel } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import { type CommandContext, defineCommand } from './command.js';
import { fittingLines } from './confidential-text.js';
import { optionRegistry } from './option-registry.js';

const name = () => z.string('model-wrong').trim().min(1, 'model-wrong');
const offeredModel = name().register(optionRegistry, {
  description: 'option-model-name',
  suggests: 'models',
});
/** Suggestions are of what is on offer, and this is not. */
const hiddenModel = name().register(optionRegistry, { description: 'option-model-name' });

export const adminModelsList = defineCommand({
  path: ['admin', 'models', 'list'],
  description: 'command-admin-models-list',
  permission: 'scope-managers',
  options: z.object({}),
  run: async ({ engine, texts }) =>
    answer(texts.text('models-title'), await engine.administration.models.list(), texts),
});

export const adminModelsShow = defineCommand({
  path: ['admin', 'models', 'show'],
  description: 'command-admin-models-show',
  permission: 'admins',
  options: z.object({ model: hiddenModel }),
  run: (context, { model }) => change(context, model, false),
});

export const adminModelsHide = defineCommand({
  path: ['admin', 'models', 'hide'],
  description: 'command-admin-models-hide',
  permission: 'admins',
  options: z.object({ model: offeredModel }),
  run: (context, { model }) => change(context, model, true),
});

async function change({ engine, texts, user }: CommandContext, model: string, hidden: boolean) {
  const models = await engine.administration.models.setHidden(model, hidden, user.id);
  return answer(texts.text(hidden ? 'model-hidden' : 'model-shown', { model }), models, texts);
}

function answer(title: string, models: readonly ListedModel[], texts: LocalizedTexts) {
  const lines = models.map(({ name, pool, hidden }) =>
    [name, pool, ...(hidden ? [texts.text('models-hidden')] : [])].join(' · '),
  );
  const text = fittingLines([title, ...lines], texts).join('\n');
  return { kind: 'text', text, private: true } as const;
}
