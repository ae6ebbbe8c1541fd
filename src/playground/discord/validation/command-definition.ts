import { z } from 'zod';
import { type FieldPath, FormProblems } from '../errors.js';
import { readShape, snowflake, strict, text } from './shape.js';

/** https://discord.com/developers/docs/interactions/application-commands */
export const optionTypes = {
  subcommand: 1,
  subcommandGroup: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
} as const;

export const commandTypes = { chatInput: 1, user: 2, message: 3 } as const;

const names = z.record(z.string(), text(1, 32)).nullish();
const descriptions = z.record(z.string(), text(1, 100)).nullish();
const chatInputName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

const choice = strict({
  name: text(1, 100),
  name_localizations: z.record(z.string(), text(1, 100)).nullish(),
  value: z.union([text(0, 100), z.number()]),
});

const option = strict({
  type: z.int().min(1).max(11),
  name: text(1, 32),
  name_localizations: names,
  description: text(1, 100),
  description_localizations: descriptions,
  required: z.boolean().nullish(),
  autocomplete: z.boolean().nullish(),
  choices: z.array(choice).max(25).nullish(),
  channel_types: z.array(z.int()).nullish(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  min_length: z.int().min(0).max(6000).nullish(),
  max_length: z.int().min(1).max(6000).nullish(),
  get options(): z.ZodOptional<z.ZodNullable<z.ZodArray<typeof option>>> {
    return z.array(option).max(25).nullish();
  },
});

export type OptionDefinition = z.output<typeof option>;

const definition = strict({
  id: snowflake.nullish(),
  type: z.int().min(1).max(4).nullish(),
  name: text(1, 32),
  name_localizations: names,
  description: z.string().max(100).nullish(),
  description_localizations: descriptions,
  options: z.array(option).max(25).nullish(),
  default_member_permissions: z.union([z.string().regex(/^\d+$/), z.int().min(0)]).nullish(),
  dm_permission: z.boolean().nullish(),
  default_permission: z.boolean().nullish(),
  nsfw: z.boolean().nullish(),
  contexts: z.array(z.int().min(0).max(2)).min(1).nullish(),
  integration_types: z.array(z.int().min(0).max(1)).min(1).nullish(),
  handler: z.int().nullish(),
});

export type CommandDefinition = z.output<typeof definition>;

/** @throws DiscordError 400/50035 */
export function readCommand(value: unknown, at: FieldPath = []): CommandDefinition {
  const command = readShape(definition, value, at);
  const problems = new FormProblems(at);
  const isChatInput = (command.type ?? commandTypes.chatInput) === commandTypes.chatInput;
  if (isChatInput) checkChatInput(command, problems);
  else checkContextMenu(command, problems);
  problems.throwIfAny();
  return command;
}

function checkChatInput(command: CommandDefinition, problems: FormProblems): void {
  checkName(command, [], problems);
  if (!command.description) {
    problems.add(['description'], 'BASE_TYPE_REQUIRED', 'This field is required');
  }
  checkOptions(command.options ?? [], ['options'], problems);
}

function checkContextMenu(command: CommandDefinition, problems: FormProblems): void {
  if (command.description) {
    const message = 'Context menu commands cannot have description';
    problems.add(['description'], 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION', message);
  }
  if ((command.options ?? []).length > 0) {
    const message = 'Context menu commands cannot have options';
    problems.add(['options'], 'APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS', message);
  }
}

type Named = Pick<OptionDefinition, 'name' | 'name_localizations'>;

function checkName(named: Named, at: FieldPath, problems: FormProblems): void {
  const all = [
    [named.name, [...at, 'name']] as const,
    ...Object.entries(named.name_localizations ?? {}).map(
      ([locale, name]) => [name, [...at, 'name_localizations', locale]] as const,
    ),
  ];
  for (const [name, path] of all) {
    if (chatInputName.test(name) && name === name.toLowerCase()) continue;
    problems.add(path, 'APPLICATION_COMMAND_INVALID_NAME', `Command name is invalid: "${name}"`);
  }
}

function checkOptions(
  options: readonly OptionDefinition[],
  at: FieldPath,
  problems: FormProblems,
): void {
  let sawOptional = false;
  const seen = new Set<string>();
  const parents = options.filter((each) => isParent(each)).length;
  if (parents > 0 && parents < options.length) {
    const message = 'Sub-commands and sub-command groups cannot stand beside other options';
    problems.add(at, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message);
  }
  options.forEach((each, index) => {
    const path = [...at, index];
    checkName(each, path, problems);
    if (seen.has(each.name)) {
      const message = `Option names must be unique: "${each.name}"`;
      problems.add([...path, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED', message);
    }
    seen.add(each.name);
    if (each.required && sawOptional) {
      const message = 'Required options must be placed before non-required options';
      problems.add(path, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message);
    }
    sawOptional ||= !each.required && !isParent(each);
    checkOption(each, path, problems);
  });
}

function isParent(option: OptionDefinition): boolean {
  return option.type === optionTypes.subcommand || option.type === optionTypes.subcommandGroup;
}

function checkOption(option: OptionDefinition, path: FieldPath, problems: FormProblems): void {
  if (isParent(option)) checkOptions(option.options ?? [], [...path, 'options'], problems);
  else if (option.options) {
    problems.add(
      [...path, 'options'],
      'UNKNOWN_FIELD',
      'Only sub-commands and groups have options',
    );
  }
  const isGroup = option.type === optionTypes.subcommandGroup;
  const inner = option.options ?? [];
  if (isGroup && inner.some((each) => each.type !== optionTypes.subcommand)) {
    const message = 'A group holds sub-commands only';
    problems.add([...path, 'options'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message);
  }
  if (option.autocomplete && (option.choices ?? []).length > 0) {
    const message = 'An option has either choices or autocomplete';
    problems.add(path, 'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES', message);
  }
  const wantsText = option.type === optionTypes.string;
  (option.choices ?? []).forEach((each, index) => {
    if ((typeof each.value === 'string') === wantsText) return;
    const place = [...path, 'choices', index, 'value'];
    problems.add(place, 'APPLICATION_COMMAND_OPTIONS_CHOICE_TYPE', `Wrong type: ${each.value}`);
  });
}
