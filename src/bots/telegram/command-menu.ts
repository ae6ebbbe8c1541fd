import type { Api } from 'grammy';
import type { BotCommand, BotCommandScope } from 'grammy/types';
import type { Logger } from 'pino';
import type { Chat, CommandDeclaration } from '../../chat/index.js';

/** core.telegram.org/bots/api#botcommand */
const maxDescriptionLength = 256;

const languages = [
  { locale: 'en-US', options: {} },
  { locale: 'zh-CN', options: { language_code: 'zh' } },
] as const;

/** Administration is offered where somebody may have a right to it: to oneself in private too. */
const scopes: readonly { readonly scope: BotCommandScope; readonly forManagers: boolean }[] = [
  { scope: { type: 'default' }, forManagers: false },
  { scope: { type: 'all_private_chats' }, forManagers: true },
  { scope: { type: 'all_chat_administrators' }, forManagers: true },
];

/** The menu's entries: a command's first word, once. `/start` is what Telegram itself offers. */
function menuOf(chat: Chat, locale: string, forManagers: boolean): BotCommand[] {
  const entries = new Map<string, string>();
  for (const declaration of chat.commands) {
    const [word] = declaration.path;
    if (word === undefined || word === 'start' || !declaration.platforms.includes('telegram')) {
      continue;
    }
    if (declaration.audience === 'managers' && !forManagers) continue;
    if (!entries.has(word)) entries.set(word, describe(chat, declaration, word, locale));
  }
  return [...entries].map(([command, description]) => ({ command, description }));
}

function describe(
  chat: Chat,
  declaration: CommandDeclaration,
  word: string,
  locale: string,
): string {
  const group = chat.commandGroups.find(({ path }) => path.length === 1 && path[0] === word);
  const { description } = declaration.path.length > 1 && group ? group : declaration;
  return (description[locale] ?? description['en-US'] ?? word).slice(0, maxDescriptionLength);
}

/** Brings the menu up to date where it differs. Without a menu the commands still work. */
export async function updateCommandMenu(api: Api, chat: Chat, log: Logger): Promise<void> {
  for (const { scope, forManagers } of scopes) {
    for (const { locale, options } of languages) {
      const wanted = menuOf(chat, locale, forManagers);
      try {
        const present = await api.getMyCommands({ scope, ...options });
        if (isSame(present, wanted)) continue;
        await api.setMyCommands(wanted, { scope, ...options });
      } catch (error) {
        log.warn({ err: error, scope: scope.type, locale }, 'The command menu was not updated');
      }
    }
  }
}

function isSame(present: readonly BotCommand[], wanted: readonly BotCommand[]): boolean {
  return (
    present.length === wanted.length &&
    wanted.every(({ command, description }, at) => {
      const other = present[at];
      return other?.command === command && other.description === description;
    })
  );
}
