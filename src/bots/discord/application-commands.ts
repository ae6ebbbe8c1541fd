import {
  type APIApplicationCommandOption,
  type APIApplicationCommandOptionChoice,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import type { Chat, CommandDeclaration, OptionDeclaration } from '../../chat/index.js';

type Descriptions = Readonly<Record<string, string>>;
type CommandBody = RESTPutAPIApplicationCommandsJSONBody[number];

const optionTypes = {
  string: ApplicationCommandOptionType.String,
  integer: ApplicationCommandOptionType.Integer,
  number: ApplicationCommandOptionType.Number,
  boolean: ApplicationCommandOptionType.Boolean,
  attachment: ApplicationCommandOptionType.Attachment,
  user: ApplicationCommandOptionType.User,
} as const satisfies Record<OptionDeclaration['type'], ApplicationCommandOptionType>;

const defaultLocale = 'en-US';
const descriptionLimit = 100;

/**
 * The declared commands as Discord's slash commands. A command is a leaf or a parent, never both,
 * and nests two levels deep: `/admin`, `concurrency`, `set`.
 * https://discord.com/developers/docs/interactions/application-commands
 */
export function applicationCommands(
  chat: Pick<Chat, 'commands' | 'commandGroups'>,
): RESTPutAPIApplicationCommandsJSONBody {
  const offered = chat.commands.filter(({ platforms }) => platforms.includes('discord'));
  const here = offered.filter(({ messageMenu }) => messageMenu === undefined);
  const describe = (path: readonly string[]) => {
    const group = chat.commandGroups.find((each) => each.path.join(' ') === path.join(' '));
    return descriptions(group?.description ?? { [defaultLocale]: path.join(' ') });
  };
  const slashCommands = [...groupBy(here, ({ path }) => path[0] ?? '')].map(
    ([name, declarations]) => {
      const leaf = declarations.find(({ path }) => path.length === 1);
      const children = declarations.filter(({ path }) => path.length > 1);
      if (leaf && children.length > 0) {
        throw new Error(`Command ${name} has both options and subcommands`);
      }
      return {
        ...{ type: ApplicationCommandType.ChatInput, name },
        ...(leaf ? descriptions(leaf.description) : describe([name])),
        options: leaf ? leafOptions(leaf) : subcommands(children, describe),
        ...visibility(declarations),
      } as CommandBody;
    },
  );
  return [...slashCommands, ...offered.flatMap(menuEntry)];
}

/** A context menu command has no description. */
function menuEntry(declaration: CommandDeclaration): CommandBody[] {
  if (!declaration.messageMenu) return [];
  const { [defaultLocale]: name = '', ...others } = declaration.messageMenu;
  return [
    {
      ...{ type: ApplicationCommandType.Message, name, name_localizations: others },
      ...visibility([declaration]),
    } as CommandBody,
  ];
}

function subcommands(
  declarations: readonly CommandDeclaration[],
  describe: (path: readonly string[]) => object,
): APIApplicationCommandOption[] {
  return [...groupBy(declarations, ({ path }) => path[1] ?? '')].map(([name, members]) => {
    const [first] = members;
    if (first?.path.length === 2) return subcommand(first);
    return {
      type: ApplicationCommandOptionType.SubcommandGroup,
      name,
      ...describe(first?.path.slice(0, 2) ?? []),
      options: members.map(subcommand),
    } as APIApplicationCommandOption;
  });
}

function subcommand(declaration: CommandDeclaration): APIApplicationCommandSubcommandOption {
  const name = declaration.path.at(-1) ?? '';
  return {
    type: ApplicationCommandOptionType.Subcommand,
    name,
    ...descriptions(declaration.description),
    options: leafOptions(declaration) as APIApplicationCommandSubcommandOption['options'],
  } as APIApplicationCommandSubcommandOption;
}

/** Required ones first, as Discord demands. */
function leafOptions({ options }: CommandDeclaration): APIApplicationCommandOption[] {
  return [...options].sort((a, b) => Number(b.required) - Number(a.required)).map(option);
}

function option(declaration: OptionDeclaration): APIApplicationCommandOption {
  const { name, description, type, required, min, max, choices, autocomplete } = declaration;
  const [least, most] =
    type === 'string' ? ['min_length', 'max_length'] : ['min_value', 'max_value'];
  return {
    type: optionTypes[type],
    name,
    ...descriptions(description),
    required,
    ...(min === undefined ? {} : { [least]: min }),
    ...(max === undefined ? {} : { [most]: max }),
    ...(autocomplete ? { autocomplete } : {}),
    ...(choices
      ? { choices: choices.map((each): APIApplicationCommandOptionChoice => ({ ...each })) }
      : {}),
  } as APIApplicationCommandOption;
}

function visibility(declarations: readonly CommandDeclaration[]) {
  const forManagers = declarations.every(({ audience }) => audience === 'managers');
  return {
    contexts: [
      InteractionContextType.Guild,
      InteractionContextType.BotDM,
      InteractionContextType.PrivateChannel,
    ],
    integration_types: [
      ApplicationIntegrationType.GuildInstall,
      ApplicationIntegrationType.UserInstall,
    ],
    // Discord's specification asks for a number here, and answers with a string.
    default_member_permissions: forManagers ? Number(PermissionFlagsBits.ManageGuild) : null,
  };
}

function descriptions(byLocale: Descriptions) {
  const { [defaultLocale]: description = '', ...others } = byLocale;
  const cut = (text: string) => text.slice(0, descriptionLimit);
  return {
    description: cut(description),
    description_localizations: Object.fromEntries(
      Object.entries(others).map(([locale, text]) => [locale, cut(text)]),
    ),
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
