import type { CallbackQuery, Message } from 'grammy/types';
import type { Logger } from 'pino';
import {
  type Attachment,
  type Chat,
  type ChatRequest,
  decodeButton,
  hasClosedRequest,
  type Intent,
} from '../../chat/index.js';
import { type Engine, RecordUnavailableError } from '../../engine/index.js';
import type { CallbackAnswer } from './callback-answer.js';
import { newCardAddress, readCardAddress } from './card-address.js';
import type { ChatMembers } from './chat-members.js';
import { type ChatMigration, migrationOf } from './chat-migration.js';
import {
  type BotIdentity,
  type FileSource,
  filesOf,
  type Translation,
  translateMessages,
} from './message-translation.js';
import type { ReplySender } from './reply-sender.js';
import { personSender, placeOf, type Sender, scopeIdOf, senderOf, threadIdOf } from './sender.js';

export interface UpdateHandlerDeps {
  readonly bot: BotIdentity;
  readonly engine: Engine;
  readonly chat: Chat;
  readonly log: Logger;
  readonly members: ChatMembers;
  readonly replies: ReplySender;
  readonly attachmentOf: (source: FileSource) => Attachment;
  readonly moveChat: (migration: ChatMigration) => Promise<void>;
}

/** What is left to do once an update was dealt with. */
export interface Handled {
  /** Sends the reply. False: try after a restart. */
  readonly send: () => Promise<boolean>;
  /** The update went into a batch, and was closed with it. */
  readonly isClosed: boolean;
}

/** The parts of an album that are there now. */
export interface ArrivedAlbum {
  /** This process dealt with others of its parts before. */
  readonly isLate: boolean;
  /** The inbox's keys of the parts. */
  readonly partKeys: readonly string[];
}

/** Turns what people did into requests, has the chat layer answer them, and says what to send. */
export interface UpdateHandler {
  /** One message, or all of an album. Undefined: there is nothing to say. */
  messages(
    messages: readonly Message[],
    updateKey: string,
    album?: ArrivedAlbum,
  ): Promise<Handled | undefined>;
  callback(
    query: CallbackQuery,
    updateKey: string,
    answer: CallbackAnswer,
  ): Promise<Handled | undefined>;
}

/** Telegram shows of itself that a message arrived; a button's spinning has its own end. */
const nothingToAcknowledge = () => Promise.resolve();

export function createUpdateHandler(deps: UpdateHandlerDeps): UpdateHandler {
  const { bot, engine, chat, log, members, replies, attachmentOf, moveChat } = deps;

  const manages = async (message: Pick<Message, 'chat'>, sender: Sender): Promise<boolean> => {
    if (sender.isAnonymousAdmin) return true;
    if (sender.userId === null) return false;
    if (message.chat.type === 'private') return message.chat.id === sender.userId;
    return members.isAdministrator(message.chat.id, sender.userId);
  };

  /**
   * A card whose first send lost its answer was sent again, so that an older copy of it may stand
   * in the chat, which nothing edits. Once somebody presses it, it goes.
   */
  const isStaleCopy = async (
    { chat: { id }, message_id }: NonNullable<CallbackQuery['message']>,
    payload: string,
  ): Promise<boolean> => {
    const action = decodeButton(payload);
    if (action === undefined || !('batchId' in action)) return false;
    const card = await engine.cards.read(action.batchId);
    if (card?.platform !== 'telegram') return false;
    const { chatId, messageId: current } = readCardAddress(card.address);
    // Lists and batches shown once more carry the same buttons, and come after the card.
    return current !== null && chatId === id && message_id < current;
  };

  const removeStaleCopy = async (message: NonNullable<CallbackQuery['message']>, data: string) => {
    const place = { chatId: message.chat.id, threadId: null, messageId: message.message_id };
    try {
      if (!(await isStaleCopy(message, data))) return;
      await replies.send({ kind: 'delete-message', beside: [] }, { ...place, locale: 'en' });
    } catch (error) {
      log.warn({ err: error, messageId: message.message_id }, 'A stale card could not be removed');
    }
  };

  const intentOf = (translation: Extract<Translation, { kind: 'command' | 'form' }>): Intent =>
    translation.kind === 'command'
      ? {
          kind: 'text-command',
          name: translation.name,
          text: translation.text,
          attachments: translation.files.map(attachmentOf),
          ...(translation.answered ? { answered: attachmentOf(translation.answered) } : {}),
        }
      : {
          kind: 'button',
          payload: translation.payload,
          answers: { prompt: translation.text },
        };

  const startLink = `https://t.me/${bot.username}?start=private`;

  /** In a group, a private card stands in the private chat, where there is one. */
  const privateAddressOf = (userId: number | null): Pick<ChatRequest, 'privateAddress'> =>
    userId === null
      ? {}
      : {
          privateAddress: async () =>
            (await members.isReachable(userId))
              ? { address: newCardAddress(userId, null, null) }
              : { startLink },
        };

  const privateChatOf = ({ chat: { type } }: Message, chatId: number | null) =>
    type === 'private' ? {} : { privateChat: { chatId, startLink } };

  /** The card that a form was asked from: what comes of the form replies to that. */
  const messageOfCard = async (payload: string, chatId: number): Promise<number | null> => {
    const action = decodeButton(payload);
    if (action === undefined) return null;
    try {
      const image = 'imageId' in action ? await engine.batchOfImage(action.imageId) : undefined;
      const batchId = 'batchId' in action ? action.batchId : image?.id;
      const card = batchId === undefined ? undefined : await engine.cards.read(batchId);
      if (card?.platform !== 'telegram') return null;
      const address = readCardAddress(card.address);
      return address.chatId === chatId ? address.messageId : null;
    } catch (error) {
      log.warn({ err: error, payload }, 'The card of a form could not be found');
      return null;
    }
  };

  const hasMadeBatch = async (albumKey: string): Promise<boolean> => {
    try {
      return (await engine.albums.batchOf('telegram', albumKey)) !== undefined;
    } catch (error) {
      // The chat layer meets the same, and has words for it.
      if (error instanceof RecordUnavailableError) return false;
      throw error;
    }
  };

  return {
    async messages(messages, updateKey, album) {
      const [message] = messages;
      const migration = message && migrationOf(message);
      if (migration) {
        await moveChat(migration);
        return undefined;
      }
      const sender = message && senderOf(message);
      if (message === undefined || sender === undefined) return undefined;
      const translation = translateMessages(messages, bot);
      const isFurther = album !== undefined && (await hasMadeBatch(updateKey));
      const isPrivate = message.chat.type === 'private';
      // Of an album that was refused, a late part is no more than that.
      const isLeftover = album?.isLate && isPrivate && translation.kind !== 'command';
      if (translation.kind === 'ignored' && !isFurther && !isLeftover) return undefined;

      const chatId = message.chat.id;
      const threadId = threadIdOf(message);
      const { locale } = sender.identity;
      const place = {
        ...{ chatId, threadId, messageId: message.message_id, locale },
        ...privateChatOf(message, sender.userId),
      };
      const say = (key: string): Handled => ({
        send: () =>
          replies.send({ kind: 'text', text: chat.text(locale, key), private: true }, place),
        isClosed: false,
      });
      if (isLeftover && !isFurther) return say('album-late');
      if (translation.kind === 'unusable') return say('media-unusable');
      const isMore = isFurther || translation.kind === 'wordless' || translation.kind === 'ignored';
      const files = isMore ? filesOf(messages, { areNumbered: false }) : [];
      if (isMore && files.length === 0) return say('image-without-words');

      const request: ChatRequest = {
        platform: 'telegram',
        updateKey: isFurther ? `${updateKey}:${album.partKeys[0]}` : updateKey,
        ...(album ? { partKeys: album.partKeys } : {}),
        identity: sender.identity,
        scopeId: scopeIdOf(message.chat),
        place: placeOf(chatId, threadId),
        address: newCardAddress(
          chatId,
          threadId,
          !isMore && translation.kind === 'form'
            ? ((await messageOfCard(translation.payload, chatId)) ?? message.message_id)
            : message.message_id,
        ),
        managesScope: () => manages(message, sender),
        ...privateAddressOf(isPrivate ? null : sender.userId),
        ...(message.reply_to_message
          ? { repliesTo: { chatId, messageId: message.reply_to_message.message_id } }
          : {}),
        intent: isMore
          ? {
              kind: 'more-images',
              ...(isFurther ? { of: updateKey } : {}),
              sentAt: new Date(message.date * 1000),
              attachments: files.map(attachmentOf),
            }
          : intentOf(translation),
        acknowledge: nothingToAcknowledge,
      };
      const reply = await chat.handle(request);
      if (reply.kind === 'card' && reply.isElsewhere) return say('answered-privately');
      return { send: () => replies.send(reply, place), isClosed: hasClosedRequest(reply) };
    },

    async callback(query, updateKey, answer) {
      const { message, data, from } = query;
      if (message === undefined || data === undefined) {
        await answer.settle();
        return undefined;
      }
      const chatId = message.chat.id;
      // Of a message that is too old to be shown with the query, only its id is known.
      const threadId = message.date === 0 ? null : threadIdOf(message);
      const sender = personSender(from);
      const request: ChatRequest = {
        platform: 'telegram',
        updateKey,
        identity: sender.identity,
        scopeId: scopeIdOf(message.chat),
        place: placeOf(chatId, threadId),
        address: newCardAddress(chatId, threadId, message.message_id),
        managesScope: () => manages(message, sender),
        ...privateAddressOf(message.chat.type === 'private' ? null : from.id),
        intent: { kind: 'button', payload: data },
        acknowledge: nothingToAcknowledge,
      };
      const reply = await chat.handle(request);
      const { locale } = sender.identity;
      const asked = { id: from.id, name: sender.identity.name };
      const place = {
        ...{ chatId, threadId, messageId: message.message_id, locale },
        ...{ asked, payload: data, callback: answer },
        ...privateChatOf(message, from.id),
      };
      const send = async () => {
        const wasSent = await replies.send(reply, place);
        if (reply.kind !== 'delete-message') await removeStaleCopy(message, data);
        return wasSent;
      };
      return { send, isClosed: hasClosedRequest(reply) };
    },
  };
}
