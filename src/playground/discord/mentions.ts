import { includes, permissionsOf } from './permissions.js';
import type { Channel, Component } from './records.js';
import { everyComponent } from './validation/components.js';
import type { MessageBody } from './validation/message-body.js';
import { guildOf, type World } from './world.js';

export interface Mentions {
  userIds: string[];
  everyone: boolean;
}

/** Who a text pings. https://discord.com/developers/docs/resources/message#allowed-mentions-object */
export function mentionsIn(
  world: World,
  channel: Channel,
  authorId: string,
  written: { content: string; components: readonly Component[] },
  allowed: MessageBody['allowed_mentions'],
): Mentions {
  const words = textOf(written);
  const named = [...words.matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? '');
  const isAllowed = (userId: string) =>
    !allowed || allowed.parse?.includes('users') || allowed.users?.includes(userId) === true;
  const userIds = [...new Set(named)].filter((id) => world.users.has(id) && isAllowed(id));
  const permissions = permissionsOf(guildOf(world, channel), channel, authorId);
  const everyone =
    /@(everyone|here)\b/.test(words) &&
    (!allowed || allowed.parse?.includes('everyone') === true) &&
    includes(permissions, 'MentionEveryone');
  return { userIds, everyone };
}

/** All that a message says: its content and its text components, in reading order. */
export function textOf(written: { content: string; components: readonly Component[] }): string {
  const texts = everyComponent(written.components, [])
    .map(({ component }) => component)
    .filter((component) => typeof component.content === 'string')
    .map((component) => String(component.content));
  return [written.content, ...texts].filter((part) => part !== '').join('\n');
}
