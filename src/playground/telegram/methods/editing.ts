import { isDeepStrictEqual } from 'node:util';
import { badRequest } from '../api-error.js';
import { readReplyMarkup } from '../inline-keyboard.js';
import { type MessageContent, renderMessage, type StoredMessage } from '../message-store.js';
import { readInputMedia } from './albums.js';
import type { MethodCall, Methods } from './method.js';
import { readCaption, readText } from './sending.js';
import { readMessage, readWritableRoom } from './targets.js';

export const editingMethods: Methods = {
  editMessageText(call) {
    const content = readText(call.parameters, 'MESSAGE_TOO_LONG');
    if (content.text === undefined) throw badRequest('message text is empty');
    const message = readEditable(call);
    if (message.content.text === undefined) {
      throw badRequest('there is no text in the message to edit');
    }
    return revise(call, message, content);
  },

  editMessageCaption(call) {
    const caption = readCaption(call.parameters);
    const message = readEditable(call);
    const { photo, document, has_media_spoiler } = message.content;
    if (!photo && !document) throw badRequest('there is no caption in the message to edit');
    return revise(call, message, {
      ...(photo && { photo }),
      ...(document && { document }),
      ...(has_media_spoiler && { has_media_spoiler }),
      ...caption,
    });
  },

  async editMessageMedia(call) {
    const media = readInputMedia(call, call.parameters.structure('media'), 'editMessageMedia');
    const before = readEditable(call);
    if (before.mediaGroupId !== undefined && !before.content[media.kind]) {
      throw badRequest("can't change media type in the album");
    }
    const content = await media.make();
    // It may have been deleted while the picture was processed.
    return revise(call, readEditable(call), content);
  },

  editMessageReplyMarkup(call) {
    const message = readEditable(call);
    const { reply_markup, ...content } = message.content;
    return revise(call, message, content);
  },
};

function readEditable(call: MethodCall): StoredMessage {
  if (call.parameters.text('inline_message_id') !== undefined) {
    throw badRequest('MESSAGE_ID_INVALID');
  }
  const message = readMessage(call, readWritableRoom(call), 'edit');
  if (message.from.id !== call.world.bot.user.id || message.isFinal) {
    throw badRequest("message can't be edited");
  }
  return message;
}

/** An edit that names no keyboard takes the keyboard away. */
function revise(call: MethodCall, message: StoredMessage, content: MessageContent) {
  const { world, parameters } = call;
  const markup = readReplyMarkup(parameters);
  if (markup.isOther) throw badRequest('inline keyboard expected');
  world.limiter.spend(message.room.id, message.room.type !== 'private');
  const revised = { ...content, ...(markup.inline && { reply_markup: markup.inline }) };
  if (isDeepStrictEqual(revised, message.content)) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  }
  world.messages.revise(message, revised);
  world.events.emit('edit', message);
  return renderMessage(message);
}
