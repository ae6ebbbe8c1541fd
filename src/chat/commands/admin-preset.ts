import { z } from 'zod';
import { globalScope, type PresetChange, type PresetContent } from '../../engine/index.js';
import { Refusal, sentence } from '../refusal.js';
import type { Reply } from '../request.js';
import { scopeToChange } from './admin-scope.js';
import { type CommandContext, defineCommand } from './command.js';
import { modelProblems } from './model-abilities.js';
import { fillPresetForm, presetCommand, presetForm } from './preset-form.js';
import { presetLine, presetLines, presetNames, presetPicture } from './preset-lines.js';
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
  form: (given, texts) =>
    given.name === undefined || given.prompt === undefined
      ? presetForm('add', given, texts)
      : undefined,
  run: async (context, { name, global, prompt, ...parameters }) => {
    if (name === undefined && prompt === undefined && isWritten(context)) {
      return explained(context, 'preset-add-usage', addExample);
    }
    const content = { ...parameters, prompt: prompt ?? missing('preset-prompt-empty') };
    if (name === undefined) return missing('preset-name-missing');
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
    name: options.changedPresetName,
    prompt: options.changedTemplate,
    ...options.changes,
  }),
  form: (given, texts) =>
    given.name === undefined ||
    Object.keys(given).every((key) => key === 'name' || key === 'global')
      ? presetForm('edit', given, texts)
      : undefined,
  fillForm: fillPresetForm,
  run: async (context, { name, global, ...values }) => {
    const change: PresetChange = given(values);
    const isEmpty = Object.keys(change).length === 0;
    if (name === undefined) {
      if (!isEmpty || !isWritten(context)) return missing('preset-name-missing');
      return explained(context, 'preset-edit-usage', editExample);
    }
    const scopeId = scopeToChange(context, global);
    if (isEmpty) return unchanged(context, name, scopeId);
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
  run: async (context) => {
    const { engine, request, texts } = context;
    const known = await engine.presets.list(request.scopeId);
    const own = known.filter(({ scopeId }) => scopeId !== globalScope);
    const shared = known.filter(({ scopeId }) => scopeId === globalScope);
    const text = [
      texts.text('presets-own-title'),
      ...(own.length > 0 ? presetLines(own, texts) : [texts.text('presets-own-none')]),
      texts.text('presets-global-title'),
      presetNames(shared, own.length, texts),
    ].join('\n');
    const picture = await presetPicture([...own, ...shared], context);
    return { kind: 'text', text, private: true, ...picture };
  },
});

const addExample = '/admin preset add noir film noir of {prompt}, rain --ar 16:9 --no colour';
const editExample = '/admin preset edit noir film noir of {prompt}, heavy rain --n 2';

/** Where commands are written, an example to copy says more than a form. */
function isWritten({ request: { intent } }: CommandContext): boolean {
  return intent.kind === 'text-command';
}

function missing(key: string): never {
  throw new Refusal(sentence(key));
}

function explained({ texts }: CommandContext, key: string, code: string): Reply {
  return { kind: 'panel', private: true, panel: { text: texts.text(key), code, buttons: [] } };
}

/** Nothing was said to change: on what is written, the preset as it is, to be copied and changed. */
async function unchanged(context: CommandContext, name: string, scopeId: string): Promise<Reply> {
  const { engine, texts } = context;
  const presets = isWritten(context) ? await engine.presets.list(scopeId) : [];
  const preset = presets.find((each) => each.name === name && each.scopeId === scopeId);
  if (!preset) throw new Refusal(sentence('preset-unchanged', { name }));
  const text = texts.text('preset-unchanged', { name });
  const panel = { text, code: presetCommand(preset), buttons: [] };
  return { kind: 'panel', private: true, panel };
}

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
