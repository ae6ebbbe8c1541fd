import type { Update } from 'grammy/types';
import { renderMessage, type StoredMessage } from './message-store.js';
import type { UpdateBody } from './update-queue.js';
import type { World } from './world.js';

/** Puts an update into the bot's queue; undefined when the bot does not want its kind. */
export function deliver(world: World, body: UpdateBody): Update | undefined {
  const update = world.updates.push(body);
  if (update) world.events.emit('update', update);
  return update;
}

/** Delivers a person's message, or its edit, if the bot may see it. */
export function deliverMessage(
  world: World,
  message: StoredMessage,
  kind: 'message' | 'edited_message',
): Update | undefined {
  if (!reachesBot(world, message)) return undefined;
  return deliver(world, { [kind]: renderMessage(message) } as UpdateBody);
}

/**
 * Privacy mode, as core.telegram.org/bots/features#privacy-mode has it: in a group the bot gets
 * commands, replies to it, messages sent via it, and service messages, unless it is an
 * administrator. A caption counts like a text; each photo of an album counts for itself, so that
 * of an album with a command in its caption only the photo which carries it arrives.
 */
function reachesBot({ bot }: Pick<World, 'bot'>, message: StoredMessage): boolean {
  const { room, content } = message;
  if (room.bot === 'absent' || room.bot === 'kicked') return false;
  if (room.type === 'private' || !bot.privacyMode || room.bot === 'administrator') return true;
  if (isServiceMessage(content)) return true;
  if (message.replyTo?.from.id === bot.user.id || message.viaBot?.id === bot.user.id) return true;
  return startsWithCommandFor(bot.user.username ?? '', message);
}

function isServiceMessage(content: StoredMessage['content']): boolean {
  const { forum_topic_created, migrate_to_chat_id, migrate_from_chat_id } = content;
  return [forum_topic_created, migrate_to_chat_id, migrate_from_chat_id].some(Boolean);
}

function startsWithCommandFor(username: string, { content }: StoredMessage): boolean {
  const text = content.text ?? content.caption ?? '';
  const entities = content.entities ?? content.caption_entities ?? [];
  const command = entities.find(({ type, offset }) => type === 'bot_command' && offset === 0);
  if (!command) return false;
  const addressee = text.slice(0, command.length).split('@')[1];
  // The only bot in a room is also the last that spoke there, so bare commands are for it.
  return addressee === undefined || addressee.toLowerCase() === username.toLowerCase();
}
