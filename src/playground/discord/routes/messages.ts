import { requireInChannel, sizeLimitIn } from '../channels.js';
import { DiscordError, invalidField, refusal } from '../errors.js';
import { isComponentsV2, messageJson } from '../message-wire.js';
import {
  createMessage,
  deleteMessage,
  editMessage,
  messageWithNonce,
  publicMessage,
} from '../messages.js';
import { includes } from '../permissions.js';
import { type Message, messageFlags } from '../records.js';
import { type Call, noContent, ok, param, type Route } from '../router.js';
import { requireOpenThread, requireWriting } from '../threads.js';
import { readMessageBody } from '../validation/message-body.js';
import { botPermissions, messagesIn, type World } from '../world.js';
import { openChannel } from './channels.js';

const all = '/channels/{channel_id}/messages';
const one = `${all}/{message_id}`;
const readLimit = { count: 50, withinMs: 1000 };
const writeLimit = { count: 5, withinMs: 5000 };

const createFlags =
  messageFlags.SuppressEmbeds | messageFlags.SuppressNotifications | messageFlags.IsComponentsV2;
const editFlags = messageFlags.SuppressEmbeds | messageFlags.IsComponentsV2;

/** Discord slows down who edits old messages often; it does not say how often that is. */
const oldMessage = { afterMs: 3_600_000, edits: 20, withinMs: 3_600_000 };

/** Messages by the bot's own token. */
export function messageRoutes(world: World): Route[] {
  return [
    { method: 'GET', template: all, limit: readLimit, handle: (call) => list(world, call) },
    { method: 'POST', template: all, limit: writeLimit, handle: (call) => create(world, call) },
    {
      method: 'POST',
      template: `${all}/bulk-delete`,
      limit: writeLimit,
      handle: (call) => bulkDelete(world, call),
    },
    {
      method: 'GET',
      template: one,
      limit: readLimit,
      handle(call) {
        const channel = openChannel(world, call, ['ReadMessageHistory']);
        return ok(messageJson(world, publicMessage(world, channel, param(call, 'message_id'))));
      },
    },
    { method: 'PATCH', template: one, limit: writeLimit, handle: (call) => edit(world, call) },
    {
      method: 'DELETE',
      template: one,
      limit: { count: 5, withinMs: 1000 },
      handle(call) {
        const channel = openChannel(world, call);
        const message = publicMessage(world, channel, param(call, 'message_id'));
        if (message.authorId !== world.bot.id) {
          requireInChannel(world, channel, ['ManageMessages']);
        }
        deleteMessage(world, message);
        return noContent;
      },
    },
  ];
}

function create(world: World, call: Call) {
  const channel = openChannel(world, call);
  requireWriting(world, channel);
  const body = readMessageBody(call.body, { allowedFlags: createFlags });
  if (call.files.size > 0) requireInChannel(world, channel, ['AttachFiles']);
  if (body.message_reference && !includes(botPermissions(world, channel), 'ReadMessageHistory')) {
    throw refusal('noReplyWithoutHistory');
  }
  const earlier = messageWithNonce(world, channel, body);
  if (earlier) return ok(messageJson(world, earlier));
  const sizeLimit = sizeLimitIn(world, channel);
  const made = { channel, authorId: world.bot.id, body, files: call.files, sizeLimit };
  return ok(messageJson(world, createMessage(world, made)));
}

function edit(world: World, call: Call) {
  const channel = openChannel(world, call);
  const message = publicMessage(world, channel, param(call, 'message_id'));
  if (message.authorId !== world.bot.id) throw refusal('notTheAuthor');
  requireOpenThread(channel);
  const wasV2 = isComponentsV2(message);
  const body = readMessageBody(call.body, { wasV2, allowedFlags: editFlags });
  if (call.files.size > 0) requireInChannel(world, channel, ['AttachFiles']);
  refuseManyLateEdits(world, message);
  const sizeLimit = sizeLimitIn(world, channel);
  return ok(
    messageJson(
      world,
      editMessage(world, message, { channel, body, files: call.files, sizeLimit }),
    ),
  );
}

function refuseManyLateEdits(world: World, message: Message): void {
  const now = world.clock.now();
  if (now - message.createdAt <= oldMessage.afterMs) return;
  const late = message.versions.filter(
    ({ at }) => at - message.createdAt > oldMessage.afterMs && now - at < oldMessage.withinMs,
  );
  const [oldest] = late;
  if (!oldest || late.length < oldMessage.edits) return;
  const retryAfterMs = oldest.at + oldMessage.withinMs - now;
  const text = 'Maximum number of edits to messages older than 1 hour reached. Try again later';
  throw new DiscordError(429, 30046, text, { retryAfterMs });
}

/** Newest first. */
function list(world: World, call: Call) {
  const channel = openChannel(world, call);
  const wanted = Number(call.query.get('limit') ?? 50);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 100) {
    throw invalidField(['limit'], 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  const before = call.query.get('before');
  const after = call.query.get('after');
  const found = messagesIn(world, channel.id)
    .filter(({ ephemeralFor }) => ephemeralFor === undefined)
    .filter(({ id }) => before === null || BigInt(id) < BigInt(before))
    .filter(({ id }) => after === null || BigInt(id) > BigInt(after));
  const page = after === null ? found.slice(-wanted) : found.slice(0, wanted);
  return ok(page.reverse().map((message) => messageJson(world, message)));
}

function bulkDelete(world: World, call: Call) {
  const channel = openChannel(world, call, ['ManageMessages']);
  const ids = (call.body as { messages?: unknown } | undefined)?.messages;
  if (!Array.isArray(ids) || ids.length < 2 || ids.length > 100) {
    throw invalidField(
      ['messages'],
      'BASE_TYPE_BAD_LENGTH',
      'Must be between 2 and 100 in length.',
    );
  }
  for (const id of ids) deleteMessage(world, publicMessage(world, channel, String(id)));
  return noContent;
}
