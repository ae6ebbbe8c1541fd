import { z } from 'zod';
import { FormProblems, invalidField } from '../errors.js';
import {
  awaitingInteraction,
  callbackTypes,
  channelOfInteraction,
  requireAttachFiles,
  sourceOf,
} from '../interactions.js';
import { isComponentsV2, messageJson } from '../message-wire.js';
import { createMessage, editMessage } from '../messages.js';
import {
  type Interaction,
  interactionTypes,
  type Message,
  messageFlags,
  messageTypes,
} from '../records.js';
import { type Call, noContent, ok, param, type Reply, type Route } from '../router.js';
import { modal } from '../validation/component-shapes.js';
import { checkCustomIds, everyComponent } from '../validation/components.js';
import { readMessageBody } from '../validation/message-body.js';
import { readShape, strict, text } from '../validation/shape.js';
import type { World } from '../world.js';

const answerFlags =
  messageFlags.Ephemeral |
  messageFlags.SuppressEmbeds |
  messageFlags.SuppressNotifications |
  messageFlags.IsComponentsV2;

const callback = strict({ type: z.int(), data: z.unknown().optional() });
const deferral = strict({ flags: z.int().nullish() });
const choices = strict({
  choices: z
    .array(
      strict({
        name: text(1, 100),
        name_localizations: z.record(z.string(), z.string()).nullish(),
        value: z.union([text(0, 100), z.number()]),
      }),
    )
    .max(25),
});

/** Which first answers each kind of interaction takes. */
const fitting: Record<number, readonly number[]> = {
  [interactionTypes.applicationCommand]: [4, 5, 9],
  [interactionTypes.messageComponent]: [4, 5, 6, 7, 9],
  [interactionTypes.autocomplete]: [8],
  [interactionTypes.modalSubmit]: [4, 5, 6, 7],
};

/** The first answer to an interaction. */
export function callbackRoutes(world: World): Route[] {
  return [
    {
      method: 'POST',
      template: '/interactions/{interaction_id}/{interaction_token}/callback',
      isInteractionEndpoint: true,
      limit: { count: 5, withinMs: 1000 },
      handle: (call) => acknowledge(world, call),
    },
  ];
}

function acknowledge(world: World, call: Call): Reply {
  const id = param(call, 'interaction_id');
  const interaction = awaitingInteraction(world, id, param(call, 'interaction_token'));
  const { type, data } = readShape(callback, call.body);
  const isFitting = fitting[interaction.type]?.includes(type) === true;
  const needsSource = type === callbackTypes.deferredUpdate || type === callbackTypes.updateMessage;
  if (!isFitting || (needsSource && interaction.sourceMessageId === undefined)) {
    const message = `Interactions of type ${interaction.type} do not take callback type ${type}`;
    throw invalidField(['type'], 'INTERACTION_CALLBACK_TYPE_INVALID', message);
  }
  const message = answer(world, interaction, type, data, call);
  interaction.answeredWith = type;
  interaction.originalMessageId = message?.id;
  world.events.emit('answer', interaction);
  world.events.emit('change');
  if (call.query.get('with_response') !== 'true') return noContent;
  return ok(responseJson(world, interaction, type, message));
}

function answer(
  world: World,
  interaction: Interaction,
  type: number,
  data: unknown,
  call: Call,
): Message | undefined {
  switch (type) {
    case callbackTypes.message:
      return sendAnswer(world, interaction, data, call);
    case callbackTypes.deferredMessage:
      return deferAnswer(world, interaction, data);
    case callbackTypes.deferredUpdate:
      return sourceOf(world, interaction);
    case callbackTypes.updateMessage:
      return updateSource(world, interaction, data, call);
    case callbackTypes.modal:
      interaction.modal = readModal(data);
      return undefined;
    default:
      interaction.choices = readChoices(data);
      return undefined;
  }
}

function sendAnswer(world: World, interaction: Interaction, data: unknown, call: Call): Message {
  if (data === undefined || data === null) throw dataIsMissing();
  const body = readMessageBody(data, { allowedFlags: answerFlags, at: ['data'] });
  const channel = channelOfInteraction(world, interaction);
  if (call.files.size > 0) requireAttachFiles(world, interaction);
  const isEphemeral = ((body.flags ?? 0) & messageFlags.Ephemeral) !== 0;
  return createMessage(world, {
    ...answerBasics(world, interaction, isEphemeral),
    channel,
    body,
    files: call.files,
    sizeLimit: interaction.attachmentSizeLimit,
  });
}

function deferAnswer(world: World, interaction: Interaction, data: unknown): Message {
  const { flags } = readShape(deferral, data ?? {}, ['data']);
  if (((flags ?? 0) & ~messageFlags.Ephemeral) !== 0) {
    const message = `A deferral takes the EPHEMERAL flag only, not ${flags}`;
    throw invalidField(['data', 'flags'], 'MESSAGE_FLAGS_INVALID', message);
  }
  return createMessage(world, {
    ...answerBasics(world, interaction, flags === messageFlags.Ephemeral),
    channel: channelOfInteraction(world, interaction),
    body: {},
    files: new Map(),
    sizeLimit: interaction.attachmentSizeLimit,
    isLoading: true,
  });
}

function updateSource(world: World, interaction: Interaction, data: unknown, call: Call): Message {
  if (data === undefined || data === null) throw dataIsMissing();
  const source = sourceOf(world, interaction);
  const body = readMessageBody(data, {
    wasV2: isComponentsV2(source),
    allowedFlags: answerFlags,
    at: ['data'],
  });
  if (call.files.size > 0) requireAttachFiles(world, interaction);
  return editMessage(world, source, {
    channel: channelOfInteraction(world, interaction),
    body,
    files: call.files,
    sizeLimit: interaction.attachmentSizeLimit,
  });
}

function answerBasics(world: World, interaction: Interaction, isEphemeral: boolean) {
  const type =
    interaction.commandType === undefined
      ? messageTypes.reply
      : interaction.commandType === 1
        ? messageTypes.chatInputCommand
        : messageTypes.contextMenu;
  return {
    authorId: world.bot.id,
    type,
    ephemeralFor: isEphemeral ? interaction.userId : undefined,
    interactionMetadata: interaction.metadata,
    repliesTo: interaction.sourceMessageId,
  };
}

function readModal(data: unknown): Record<string, unknown> {
  if (data === undefined || data === null) throw dataIsMissing();
  const shown = readShape(modal, data, ['data']);
  const problems = new FormProblems(['data']);
  checkCustomIds(everyComponent(shown.components, ['components']), problems);
  problems.throwIfAny();
  return shown;
}

function readChoices(data: unknown) {
  if (data === undefined || data === null) throw dataIsMissing();
  return readShape(choices, data, ['data']).choices.map(({ name, value }) => ({ name, value }));
}

function dataIsMissing() {
  return invalidField(['data'], 'BASE_TYPE_REQUIRED', 'This field is required');
}

function responseJson(
  world: World,
  interaction: Interaction,
  type: number,
  message: Message | undefined,
): Record<string, unknown> {
  const isLoading = ((message?.flags ?? 0) & messageFlags.Loading) !== 0;
  // By the specification a resource was either created or updated, deferred or not.
  const updates = type === callbackTypes.deferredUpdate || type === callbackTypes.updateMessage;
  const resourceType = updates ? callbackTypes.updateMessage : callbackTypes.message;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      channel_id: interaction.channelId,
      ...(interaction.guildId === undefined ? {} : { guild_id: interaction.guildId }),
      ...(message
        ? {
            response_message_id: message.id,
            response_message_loading: isLoading,
            response_message_ephemeral: message.ephemeralFor !== undefined,
          }
        : {}),
    },
    ...(message ? { resource: { type: resourceType, message: messageJson(world, message) } } : {}),
  };
}
