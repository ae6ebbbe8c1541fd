import { badRequest } from '../api-error.js';
import { formatText } from '../formatted-text.js';
import { type ReplyMarkup, readReplyMarkup } from '../inline-keyboard.js';
import { type MessageContent, renderMessage, type StoredMessage } from '../message-store.js';
import { isObject, type Parameters } from '../parameters.js';
import { makeCaption, maxTextLength } from './captions.js';
import type { MethodCall, Methods } from './method.js';
import { type Destination, readDestination, readMessage, readRoom } from './targets.js';
import { makeDocument, makePhoto, readFileParameter } from './uploads.js';

export const sendingMethods: Methods = {
  async sendMessage(call) {
    const content = readText(call.parameters, 'message is too long');
    if (content.text === undefined) throw badRequest('message text is empty');
    return renderMessage(send(call, content));
  },

  async sendPhoto(call) {
    const { world, parameters } = call;
    const caption = readCaption(parameters);
    const source = readFileParameter(world, parameters, 'photo');
    const markup = readReplyMarkup(parameters);
    const destination = readDestination(call);
    const photo = await makePhoto(world, source);
    const spoiler = parameters.boolean('has_spoiler');
    const content = { photo, ...caption, ...(spoiler && { has_media_spoiler: true as const }) };
    return renderMessage(send(call, content, destination, markup));
  },

  async sendDocument(call) {
    const { world, parameters } = call;
    const caption = readCaption(parameters);
    const source = readFileParameter(world, parameters, 'document');
    const markup = readReplyMarkup(parameters);
    const destination = readDestination(call);
    const document = makeDocument(world, source);
    return renderMessage(send(call, { document, ...caption }, destination, markup));
  },

  copyMessage(call) {
    const { parameters } = call;
    const source = readMessage(call, readRoom(call, 'from_chat_id'), 'copy');
    const { reply_markup, forum_topic_created, ...content } = source.content;
    if (forum_topic_created) throw badRequest("message can't be copied");
    const hasCaption = parameters.text('caption') !== undefined && content.text === undefined;
    const { caption, caption_entities, ...media } = content;
    const copied = hasCaption ? { ...media, ...readCaption(parameters) } : content;
    return { message_id: send(call, copied).id };
  },
};

/**
 * Reads a text as `sendMessage` and `editMessageText` take it; no `text` when it is empty. The two
 * have words of their own for one that is too long.
 */
export function readText(
  parameters: Parameters,
  tooLong: 'message is too long' | 'MESSAGE_TOO_LONG',
): MessageContent {
  const raw = parameters.text('text') ?? '';
  const formatted = formatText(
    raw,
    parameters.text('parse_mode'),
    parameters.structure('entities'),
  );
  if (formatted.text === '') return {};
  if (formatted.text.length > maxTextLength) throw badRequest(tooLong);
  const preview = parameters.structure('link_preview_options');
  return {
    text: formatted.text,
    ...(formatted.entities.length > 0 && { entities: formatted.entities }),
    ...(isObject(preview) && { link_preview_options: preview }),
  };
}

export function readCaption(parameters: Parameters): MessageContent {
  return makeCaption({
    caption: parameters.text('caption'),
    parseMode: parameters.text('parse_mode'),
    entities: parameters.structure('caption_entities'),
    isAbove: parameters.boolean('show_caption_above_media'),
  });
}

function send(
  call: MethodCall,
  content: MessageContent,
  destination: Destination = readDestination(call),
  markup: ReplyMarkup = readReplyMarkup(call.parameters),
): StoredMessage {
  const { world } = call;
  world.limiter.spend(destination.room.id, destination.room.type !== 'private');
  const message = world.messages.add({
    ...destination,
    from: world.bot.user,
    content: { ...content, ...(markup.inline && { reply_markup: markup.inline }) },
    ...(markup.isOther && { isFinal: true }),
  });
  world.events.emit('message', message);
  return message;
}
