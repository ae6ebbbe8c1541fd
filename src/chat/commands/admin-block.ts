import { z } from 'zod';
import type { Platform, User } from '../../engine/index.js';
import { Refusal, sentence } from '../refusal.js';
import { userWords } from '../user-words.js';
import { authorOf, globalOption } from './admin-scope.js';
import { type CommandContext, defineCommand } from './command.js';
import { confidentialText } from './confidential-text.js';
import { optionRegistry } from './option-registry.js';

const userOption = z
  .string('user-missing')
  .trim()
  .min(1, 'user-missing')
  .register(optionRegistry, { description: 'option-user', isUser: true });

export const adminBlock = defineCommand({
  path: ['admin', 'block'],
  description: 'command-admin-block',
  permission: 'scope-managers',
  options: z.object({ user: userOption, global: globalOption }),
  run: async (context, { user, global }) => {
    const { engine, texts } = context;
    const author = authorOf(context, global);
    const person = await findUser(context, user);
    if (person.id === context.user.id) throw new Refusal(sentence('block-oneself'));
    const { cancelled, isNew } = await engine.administration.people.block(author, person);
    const key = !isNew ? 'block-already' : global ? 'block-done-everywhere' : 'block-done';
    const told = texts.text(key, { name: userWords(person.name) });
    const ended = cancelled > 0 ? [texts.text('queues-cancelled', { count: cancelled })] : [];
    return confidentialText([told, ...ended], texts);
  },
});

export const adminUnblock = defineCommand({
  path: ['admin', 'unblock'],
  description: 'command-admin-unblock',
  permission: 'scope-managers',
  options: z.object({ user: userOption, global: globalOption }),
  run: async (context, { user, global }) => {
    const { engine, texts } = context;
    const author = authorOf(context, global);
    const person = await findUser(context, user);
    const removed = await engine.administration.people.unblock(author, person);
    const key = removed ? 'unblock-done' : 'unblock-none';
    return confidentialText([texts.text(key, { name: userWords(person.name) })], texts);
  },
});

/** `<@1>` is how Discord writes a mention; `discord:1` is how `/admin users` shows somebody. */
const written = /^(?:<@!?(?<mention>\d+)>|(?:(?<platform>discord|telegram):)?@?(?<name>.+))$/i;

async function findUser({ engine, request }: CommandContext, user: string): Promise<User> {
  const { mention, platform, name } = written.exec(user)?.groups ?? {};
  const on = (platform?.toLowerCase() ?? request.platform) as Platform;
  return engine.administration.people.find(on, mention ?? name ?? user);
}
