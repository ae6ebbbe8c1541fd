import { z } from 'zod';
import { globalScope, type PresetChange, type PresetContent } from '../../engine/index.js';
import { Refusal, sentence } from '../refusal.js';
import { scopeToChange } from './admin-scope.js';
import { type CommandContext, defineCommand } from './command.js';
import { modelProblems } from './model-abilities.js';
import { presetLine, presetLines } from './preset-lines.js';
import * as options from './preset-options.js';

export const adminPresetAdd = defineCommand({
  path: ['admin', 'preset', 'add'],
  description: 'command-admin-preset-add',
  permission: 'scope-managers',
  options: z.object({
    name: options.newPresetName,
    prompt: options.template,
    ...options.parameters,
  }),
  run: async (context, { name, global, ...content }) => {
    const scopeId = scopeToChange(context, global);
    await checkModel(context, content.model);
    const author = { name, scopeId, userId: context.user.id };
    const preset = await context.engine.presets.add(author, given(content) as PresetContent);
    return said(context, ['preset-added', name], presetLine(preset, context.texts));
  },
});

export const adminPresetEdit = defineCommand({
  path: ['admin', 'preset', 'edit'],
  description: 'command-admin-preset-edit',
  permission: 'scope-managers',
  options: z.object({
    name: options.presetName,
    prompt: options.changedTemplate,
    ...options.changes,
  }),
  run: async (context, { name, global, ...values }) => {
    const scopeId = scopeToChange(context, global);
    const change: PresetChange = given(values);
    if (Object.keys(change).length === 0) throw new Refusal(sentence('preset-unchanged', { name }));
    await checkModel(context, change.model ?? undefined);
    const author = { name, scopeId, userId: context.user.id };
    const preset = await context.engine.presets.edit(author, change);
    return said(context, ['preset-edited', name], presetLine(preset, context.texts));
  },
});

export const adminPresetRemove = defineCommand({
  path: ['admin', 'preset', 'remove'],
  description: 'command-admin-preset-remove',
  permission: 'scope-managers',
  options: z.object({ name: options.presetName, global: options.global }),
  run: async (context, { name, global }) => {
    const scopeId = scopeToChange(context, global);
    await context.engine.presets.remove({ name, scopeId, userId: context.user.id });
    return said(context, ['preset-removed', name]);
  },
});

export const adminPresetList = defineCommand({
  path: ['admin', 'preset', 'list'],
  description: 'command-admin-preset-list',
  permission: 'scope-managers',
  options: z.object({}),
  run: async ({ engine, request, texts }) => {
    const known = await engine.presets.list(request.scopeId);
    const own = known.filter(({ scopeId }) => scopeId !== globalScope);
    const shared = known.filter(({ scopeId }) => scopeId === globalScope);
    const text = [
      texts.text('presets-own-title'),
      ...(own.length > 0 ? presetLines(own, texts) : [texts.text('presets-own-none')]),
      texts.text('presets-global-title'),
      shared.map(({ name }) => name).join(', '),
    ].join('\n');
    return { kind: 'text', text, private: true };
  },
});

async function checkModel({ engine }: CommandContext, model: string | undefined): Promise<void> {
  if (model === undefined) return;
  const wish = { operation: 'generate', references: 0 } as const;
  const problems = modelProblems([model], wish, await engine.models());
  if (problems.length > 0) throw new Refusal(...problems);
}

function given<T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}

function said(
  { texts }: CommandContext,
  [key, name]: readonly [key: string, name: string],
  ...more: readonly string[]
) {
  return {
    kind: 'text',
    text: [texts.text(key, { name }), ...more].join('\n'),
    private: true,
  } as const;
}
