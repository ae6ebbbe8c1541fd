import { z } from 'zod';
import { isDirect } from '../audience.js';
import type { Reply } from '../request.js';
import { type CommandContext, defineCommand } from './command.js';

export const help = defineCommand({
  path: ['help'],
  description: 'command-help',
  permission: 'everyone',
  options: z.object({}),
  run: helpReply,
});

/** What Telegram sends when somebody opens a chat with the bot. */
export const start = defineCommand({
  path: ['start'],
  description: 'command-start',
  permission: 'everyone',
  platforms: ['telegram'],
  options: z.object({}),
  run: helpReply,
});

/** One screen, however many commands there are: those of a group share a line. */
async function helpReply(context: CommandContext): Promise<Reply> {
  const { request, texts } = context;
  const isDiscord = request.platform === 'discord';
  // Pasted as it stands, this fills the command's option.
  const imagine = isDiscord ? '/imagine prompt:' : '/imagine ';
  const paragraphs = [
    texts.text('help-text', { imagine }),
    texts.text(isDiscord ? 'help-images-discord' : 'help-images-telegram'),
    texts.text('help-flags'),
    commandLines(context, await showsAdministration(context)).join('\n'),
  ];
  return { kind: 'text', text: paragraphs.join('\n\n'), private: true };
}

/** To who manages more than a chat of their own. */
async function showsAdministration({ isAdmin, request }: CommandContext): Promise<boolean> {
  return isAdmin || (!isDirect(request) && (await request.managesScope()));
}

function commandLines(context: CommandContext, withAdministration: boolean): string[] {
  const { request, texts, commands, commandGroups } = context;
  const shown = commands.filter(
    ({ permission, platforms, path, messageMenu }) =>
      (permission === 'everyone' || withAdministration) &&
      platforms.includes(request.platform) &&
      messageMenu === undefined &&
      path[0] !== 'start',
  );
  const names = [...new Set(shown.flatMap(({ path }) => path[0] ?? []))];
  return names.flatMap((name) => {
    const members = shown.filter(({ path }) => path[0] === name);
    const [first] = members;
    if (!first) return [];
    const group = commandGroups.find(({ path }) => path.join(' ') === name);
    const words = new Set(members.flatMap(({ path }) => path[1] ?? []));
    return texts.text('help-command', {
      name: [name, [...words].join('|')].join(' ').trim(),
      description: texts.text(group?.description ?? first.description),
    });
  });
}
