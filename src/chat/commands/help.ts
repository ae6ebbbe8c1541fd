import { z } from 'zod';
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

async function helpReply({ request, texts, commands }: CommandContext): Promise<Reply> {
  const lines = commands
    .filter(({ permission, platforms, path, messageMenu }) => {
      const isWritten = messageMenu === undefined && path[0] !== 'start';
      const isShown = permission === 'everyone' && isWritten;
      return isShown && platforms.includes(request.platform);
    })
    .map(({ path, description }) =>
      texts.text('help-command', { name: path.join(' '), description: texts.text(description) }),
    );
  const paragraphs = [
    texts.text('help-text'),
    ...(request.platform === 'telegram' ? [texts.text('help-text-telegram')] : []),
    texts.text('help-flags'),
    [texts.text('help-commands'), ...lines].join('\n'),
  ];
  return { kind: 'text', text: paragraphs.join('\n\n'), private: true };
}
