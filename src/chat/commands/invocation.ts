import type { FormAnswers } from '../form.js';
import type { Intent } from '../request.js';
import type { Command } from './command.js';
import type { CommandTree } from './command-tree.js';
import { hasRoleFlags } from './image-roles.js';
import { optionShapes } from './option-registry.js';
import { type RawOptions, typed } from './option-values.js';
import { isArchive } from './source-images.js';
import { textArguments } from './text-arguments.js';

/** A command with the options that it is called with, as they came. */
export interface Invocation {
  readonly command: Command;
  readonly options: RawOptions;
}

export type CommandIntent = Exclude<Intent, { kind: 'button' | 'more-images' }>;

/** @throws Refusal for what names no command, or has more words or files than the command takes */
export function invocationOf(tree: CommandTree, intent: CommandIntent): Invocation {
  switch (intent.kind) {
    case 'message-menu': {
      const command = tree.findInMessageMenu(intent.name);
      const options = textArguments(command, '', { attachments: intent.images });
      return answered(command, options, intent.answers);
    }
    case 'command': {
      const { command } = tree.find(intent.name, '');
      return answered(command, intent.options, intent.answers);
    }
    case 'text-command': {
      const { command, rest } = tree.find(commandName(intent), intent.text);
      const files = { attachments: intent.attachments, answered: intent.answered };
      return { command, options: textArguments(command, rest, files) };
    }
  }
}

/**
 * Several images under one `/imagine` are a batch, whichever word the caption begins with; but not
 * where flags make them the parts of one task.
 */
function commandName(intent: CommandIntent & { kind: 'text-command' }): string {
  const { name, text, attachments } = intent;
  const isPrompt = name === 'imagine' || name === 'batch';
  if (isPrompt && hasRoleFlags(text)) return 'imagine';
  const isBatch = attachments.length > 1 || attachments.some(isArchive);
  return isBatch && name === 'imagine' ? 'batch' : name;
}

/** A form shows what was given before, so that its answers go first, empty ones too. */
function answered(
  command: Command,
  given: RawOptions,
  answers: FormAnswers | undefined,
): Invocation {
  if (answers === undefined) return { command, options: given };
  const options: Record<string, RawOptions[string]> = { ...given };
  for (const { name, ...shape } of optionShapes(command.options)) {
    const answer = answers[name];
    if (answer === undefined) continue;
    if (answer.length === 0) delete options[name];
    else options[name] = typeof answer === 'string' ? typed({ name, ...shape }, answer) : answer;
  }
  return { command, options };
}
