import { badRequest, forbidden, upgraded } from '../api-error.js';
import type { Room } from '../directory.js';
import type { StoredMessage } from '../message-store.js';
import { isObject } from '../parameters.js';
import type { MethodCall } from './method.js';

/** The chat of a parameter. A private one exists for the bot once its person has written. */
export function readRoom({ world, parameters }: MethodCall, name = 'chat_id'): Room {
  const chatId = parameters.text(name);
  if (chatId === undefined || chatId === '') throw badRequest(`${name} is empty`);
  const room = world.directory.find(chatId);
  if (!room || (room.type === 'private' && room.bot === 'absent')) {
    throw badRequest('chat not found');
  }
  if (room.upgradedTo !== undefined) throw upgraded(room.upgradedTo);
  return room;
}

/** The chat to write to; throws 403 where the bot was put out. */
export function readWritableRoom(call: MethodCall): Room {
  const room = readRoom(call);
  if (room.bot === 'kicked') {
    throw forbidden(
      room.type === 'private'
        ? 'bot was blocked by the user'
        : `bot was kicked from the ${room.type} chat`,
    );
  }
  if (room.bot === 'absent') throw forbidden(`bot is not a member of the ${room.type} chat`);
  return room;
}

export interface Destination {
  readonly room: Room;
  readonly threadId?: number;
  readonly replyTo?: StoredMessage;
  readonly isProtected?: boolean;
  readonly effectId?: string;
}

/** Where a new message goes: chat, topic, and what it answers. */
export function readDestination(call: MethodCall): Destination {
  const { parameters } = call;
  const room = readWritableRoom(call);
  const threadId = parameters.integer('message_thread_id');
  if (threadId !== undefined && threadId !== 0 && !room.topics.has(threadId)) {
    throw badRequest('message thread not found');
  }
  const replyTo = readReply(call, room) ?? topicStart(call, room, threadId);
  const effectId = parameters.text('message_effect_id');
  return {
    room,
    ...(threadId && { threadId }),
    ...(replyTo && { replyTo }),
    ...(parameters.boolean('protect_content') && { isProtected: true }),
    ...(effectId && { effectId }),
  };
}

/** In a topic, what answers nothing else shows as an answer to the topic's first message. */
export function topicStart(
  { world }: Pick<MethodCall, 'world'>,
  room: Room,
  threadId: number | undefined,
): StoredMessage | undefined {
  return threadId ? world.messages.find(room, threadId) : undefined;
}

function readReply({ world, parameters }: MethodCall, room: Room): StoredMessage | undefined {
  const reply = parameters.structure('reply_parameters');
  if (reply === undefined) return undefined;
  if (!isObject(reply)) throw badRequest("can't parse reply parameters JSON object");
  const id = Number(reply.message_id);
  const target =
    reply.chat_id === undefined || String(reply.chat_id) === String(room.id)
      ? world.messages.find(room, id)
      : undefined;
  if (!target && reply.allow_sending_without_reply !== true) {
    throw badRequest('message to be replied not found');
  }
  return target;
}

/** A message of the chat; `purpose` completes `message to … not found`. */
export function readMessage(call: MethodCall, room: Room, purpose: string): StoredMessage {
  const id = call.parameters.integer('message_id');
  if (id === undefined || id === 0) throw badRequest('message identifier is not specified');
  const message = call.world.messages.find(room, id);
  if (!message) throw badRequest(`message to ${purpose} not found`);
  return message;
}
