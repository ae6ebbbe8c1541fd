import { refusal } from '../errors.js';
import {
  answeredInteraction,
  callbackTypes,
  channelOfInteraction,
  maxFollowUpsOfUserApp,
  messageOfInteraction,
  requireAttachFiles,
} from '../interactions.js';
import { isComponentsV2, messageJson } from '../message-wire.js';
import { createMessage, deleteMessage, editMessage } from '../messages.js';
import { type Interaction, type Message, messageFlags, messageTypes } from '../records.js';
import { type Call, noContent, ok, param, type Reply, type Route } from '../router.js';
import { requireOpenThread } from '../threads.js';
import { readMessageBody } from '../validation/message-body.js';
import type { World } from '../world.js';

const webhook = '/webhooks/{webhook_id}/{webhook_token}';
const limit = { count: 5, withinMs: 2000 };

const followUpFlags =
  messageFlags.Ephemeral |
  messageFlags.SuppressEmbeds |
  messageFlags.SuppressNotifications |
  messageFlags.IsComponentsV2;

/** What an interaction's token can do after the first answer: its answer and follow-ups. */
export function webhookRoutes(world: World): Route[] {
  const route = (method: string, template: string, handle: Route['handle']): Route => ({
    method,
    template,
    isInteractionEndpoint: true,
    limit,
    handle,
  });
  const oneMessage = (template: string): Route[] => [
    route('GET', template, (call) => ok(messageJson(world, reach(world, call).message))),
    route('PATCH', template, (call) => edit(world, call)),
    route('DELETE', template, (call) => {
      deleteMessage(world, reach(world, call).message);
      return noContent;
    }),
  ];
  return [
    route('POST', webhook, (call) => followUp(world, call)),
    ...oneMessage(`${webhook}/messages/@original`),
    ...oneMessage(`${webhook}/messages/{message_id}`),
  ];
}

function holder(world: World, call: Call): Interaction {
  return answeredInteraction(world, param(call, 'webhook_id'), param(call, 'webhook_token'));
}

function reach(world: World, call: Call): { interaction: Interaction; message: Message } {
  const interaction = holder(world, call);
  return { interaction, message: messageOfInteraction(world, interaction, call.params.message_id) };
}

function edit(world: World, call: Call): Reply {
  const { interaction, message } = reach(world, call);
  return ok(messageJson(world, applyEdit(world, interaction, message, call)));
}

function applyEdit(world: World, interaction: Interaction, message: Message, call: Call): Message {
  const channel = channelOfInteraction(world, interaction);
  requireOpenThread(channel);
  const wasV2 = isComponentsV2(message);
  const body = readMessageBody(call.body, { wasV2, allowedFlags: followUpFlags });
  if (call.files.size > 0) requireAttachFiles(world, interaction);
  return editMessage(world, message, {
    channel,
    body,
    files: call.files,
    sizeLimit: interaction.attachmentSizeLimit,
  });
}

function followUp(world: World, call: Call): Reply {
  const interaction = holder(world, call);
  const loading = loadingAnswer(world, interaction);
  // The first follow-up of a deferral fills the answer that still loads, as Discord does.
  if (loading) return ok(messageJson(world, applyEdit(world, interaction, loading, call)));
  if (interaction.isUserInstalled && interaction.followUpIds.length >= maxFollowUpsOfUserApp) {
    throw refusal('tooManyFollowUps');
  }
  const body = readMessageBody(call.body, { allowedFlags: followUpFlags });
  if (call.files.size > 0) requireAttachFiles(world, interaction);
  const isEphemeral = ((body.flags ?? 0) & messageFlags.Ephemeral) !== 0;
  const message = createMessage(world, {
    channel: channelOfInteraction(world, interaction),
    authorId: world.bot.id,
    body,
    files: call.files,
    sizeLimit: interaction.attachmentSizeLimit,
    type: messageTypes.reply,
    repliesTo: interaction.originalMessageId,
    ephemeralFor: isEphemeral ? interaction.userId : undefined,
    interactionMetadata: followUpMetadata(interaction),
  });
  interaction.followUpIds.push(message.id);
  return ok(messageJson(world, message));
}

function followUpMetadata(interaction: Interaction): Record<string, unknown> {
  const original = interaction.originalMessageId;
  return {
    ...interaction.metadata,
    ...(original === undefined ? {} : { original_response_message_id: original }),
  };
}

function loadingAnswer(world: World, interaction: Interaction): Message | undefined {
  if (interaction.answeredWith !== callbackTypes.deferredMessage) return undefined;
  const message = world.messages.get(interaction.originalMessageId ?? '');
  const isLoading = ((message?.flags ?? 0) & messageFlags.Loading) !== 0;
  return message && message.deletedAt === undefined && isLoading ? message : undefined;
}
