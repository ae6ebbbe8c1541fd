import { type Api, InputFile } from 'grammy';
import type { Logger } from 'pino';
import {
  type Chat,
  type Form,
  type Reply,
  type ReplyPicture,
  readUserWords,
} from '../../chat/index.js';
import type { Engine, ImageLinks } from '../../engine/index.js';
import type { CallbackAnswer } from './callback-answer.js';
import { readCardAddress } from './card-address.js';
import { createDocumentSender } from './document-sender.js';
import { type FormPlace, formMessage } from './form-message.js';
import { createPanelSender } from './panel-sender.js';
import { type SendBudget, SendBudgetClosedError } from './send-budget.js';
import { placement, textOptions } from './send-options.js';
import { movedTo, TelegramCallError, telegramFailureOf } from './telegram-errors.js';
import { escapeHtml, maxTextLength, shorten, spoken } from './telegram-html.js';

/** Where a reply goes. */
export interface ReplyPlace {
  readonly chatId: number;
  readonly threadId: number | null;
  /**
   * The message that asked, or that carries the pressed button. Null where the group has become a
   * supergroup meanwhile, in which ids count anew.
   */
  readonly messageId: number | null;
  /** Whom a form asks, and what for. */
  readonly asked?: FormPlace['asked'];
  readonly payload?: string;
  readonly locale: string;
  /** In a group alone: where the others do not read along. */
  readonly privateChat?: PrivateChat;
  /** Only where a button was pressed. */
  readonly callback?: CallbackAnswer;
}

/** The private chat of the bot with whoever asks in a group. */
export interface PrivateChat {
  /** Null for who asks in the group's own name: nobody knows who that is. */
  readonly chatId: number | null;
  /** By which its person opens it. */
  readonly startLink: string;
}

type TextReply = Extract<Reply, { kind: 'text' }>;

export interface ReplySenderDeps {
  readonly api: Api;
  readonly budget: SendBudget;
  readonly engine: Engine;
  readonly links: ImageLinks | null;
  readonly chat: Chat;
  readonly log: Logger;
  /** Resolves early when the bot stops. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly stopSignal: AbortSignal;
}

export interface ReplySender {
  /** False: the bot stopped before it could be sent; it is worth another try after a restart. */
  send(reply: Reply, place: ReplyPlace): Promise<boolean>;
}

/** core.telegram.org/bots/api#deletemessages */
const mostDeletedAtOnce = 100;

/** Words may stand twice where their answer was lost, but must not be missing. */
const retryDelaysMs = [1000, 3000, 10_000];
const laterRetryDelayMs = 30_000;
/** Where answers are always lost, the same words would else come for ever. */
const mostDoubtful = 4;

export function createReplySender(deps: ReplySenderDeps): ReplySender {
  const { api, budget, engine, links, chat, log, sleep, stopSignal } = deps;
  const documents = createDocumentSender({ api, budget, engine, log, areLinked: links !== null });
  const panels = createPanelSender({ api, budget, engine, log });

  const sendText = (text: string, place: ReplyPlace): Promise<boolean> => {
    const html = escapeHtml(shorten(spoken(text), maxTextLength));
    return sendHtml(html, { ...textOptions, ...placement(place.threadId, place.messageId) }, place);
  };

  /** The words are there already: a picture that cannot be sent is only missing. */
  const sendPicture = async ({ bytes, name }: ReplyPicture, chatId: number, options: object) => {
    try {
      await budget.run(chatId, () => api.sendPhoto(chatId, new InputFile(bytes, name), options));
    } catch (error) {
      if (!(error instanceof TelegramCallError) && !(error instanceof SendBudgetClosedError)) {
        throw error;
      }
      log.warn({ err: error }, 'A picture of a reply could not be sent');
    }
  };

  const sendWords = async ({ text, picture }: TextReply, place: ReplyPlace): Promise<boolean> => {
    const wasSent = await sendText(text, place);
    if (picture && wasSent) {
      await sendPicture(picture, place.chatId, placement(place.threadId, place.messageId));
    }
    return wasSent;
  };

  /** 'closed': its person never wrote to the bot, or has blocked it. 'stopped': the bot has. */
  const sendPrivately = async (
    { text, picture }: TextReply,
    chatId: number,
  ): Promise<'sent' | 'closed' | 'stopped'> => {
    const html = escapeHtml(shorten(spoken(text), maxTextLength));
    let isOpen = true;
    const isDone = await repeatedly(async () => {
      try {
        await budget.run(chatId, () => api.sendMessage(chatId, html, textOptions));
      } catch (error) {
        if (!(error instanceof TelegramCallError) || isPassing(error)) throw error;
        log.info({ err: error }, 'A private chat is not open');
        isOpen = false;
      }
    });
    if (!isDone) return 'stopped';
    if (isOpen && picture) await sendPicture(picture, chatId, {});
    return isOpen ? 'sent' : 'closed';
  };

  /** What others have no business with goes to the private chat, and the group hears only that. */
  const sendConfidentially = async (reply: TextReply, place: ReplyPlace): Promise<boolean> => {
    const { privateChat, locale } = place;
    if (!privateChat) return sendWords(reply, place);
    const { chatId, startLink: link } = privateChat;
    if (chatId === null) return sendText(chat.text(locale, 'asked-in-group-name'), place);
    const outcome = await sendPrivately(reply, chatId);
    if (outcome === 'stopped') return false;
    return outcome === 'sent'
      ? sendText(chat.text(locale, 'answered-privately'), place)
      : sendText(chat.text(locale, 'private-chat-closed', { link }), place);
  };

  const sendForm = (form: Form, place: ReplyPlace): Promise<boolean> => {
    const answerThis = chat.text(place.locale, 'form-answer');
    const { html, options } = formMessage(form, place, answerThis);
    return sendHtml(html, options, place);
  };

  const sendHtml = (
    html: string,
    options: Parameters<Api['sendMessage']>[2],
    { chatId }: ReplyPlace,
  ): Promise<boolean> =>
    repeatedly(() => budget.run(chatId, () => api.sendMessage(chatId, html, options)));

  const repeatedly = async (send: () => Promise<unknown>): Promise<boolean> => {
    let doubtful = 0;
    for (let tries = 0; ; tries += 1) {
      try {
        await send();
        return true;
      } catch (error) {
        if (error instanceof SendBudgetClosedError) return false;
        if (!(error instanceof TelegramCallError) || movedTo(error)) throw error;
        log.warn({ err: error }, 'A reply could not be sent');
        if (error.failure.kind === 'doubtful') doubtful += 1;
        if (!isPassing(error) || doubtful === mostDoubtful) return true;
        if (stopSignal.aborted) return false;
        await sleep(retryDelaysMs[tries] ?? laterRetryDelayMs);
      }
    }
  };

  /** What cannot be deleted (older than two days, say) loses at least its buttons. */
  const deleteMessage = async (chatId: number, messageId: number | null): Promise<void> => {
    if (messageId === null) return;
    try {
      await api.deleteMessage(chatId, messageId);
    } catch (error) {
      log.info({ err: error }, 'A message could not be deleted');
      await budget
        .run(chatId, () => api.editMessageReplyMarkup(chatId, messageId))
        .catch((second: unknown) => log.info({ err: second }, 'Its buttons could not be removed'));
    }
  };

  /** Where some are too old to be deleted, the others still go: Telegram skips what it can't find. */
  const deleteBeside = async (chatId: number, messageIds: readonly string[]): Promise<void> => {
    for (let at = 0; at < messageIds.length; at += mostDeletedAtOnce) {
      const some = messageIds.slice(at, at + mostDeletedAtOnce).map(Number);
      await api.deleteMessages(chatId, some).catch((error: unknown) => {
        log.info({ err: error }, 'Images beside a card could not be deleted');
      });
    }
  };

  const oversizeText = (locale: string, imageIds: readonly string[]): string => {
    const limit = { max: 50, count: imageIds.length };
    if (!links) return chat.text(locale, 'originals-shrunk', limit);
    const addresses = imageIds.map((imageId) => links.linkTo(imageId));
    return [chat.text(locale, 'originals-linked', limit), ...addresses].join('\n');
  };

  const deliver: ReplySender['send'] = async (reply, place) => {
    const { callback } = place;
    switch (reply.kind) {
      case 'text': {
        const wasAlerted = reply.private && (await callback?.alert(readUserWords(reply.text)));
        await callback?.settle();
        if (wasAlerted) return true;
        return reply.confidential ? sendConfidentially(reply, place) : sendWords(reply, place);
      }
      case 'card':
      case 'quiet':
        await callback?.settle();
        return true;
      case 'form':
        await callback?.settle();
        return sendForm(reply.form, place);
      case 'panel': {
        await callback?.settle();
        const { panel, replaces } = reply;
        return repeatedly(replaces ? panels.replace(panel, place) : panels.send(panel, place));
      }
      case 'delete-message': {
        await callback?.settle();
        await deleteMessage(place.chatId, place.messageId);
        // The button sat on a list, or on the batch shown once more: its card goes too.
        const card = reply.address && readCardAddress(reply.address);
        const isOther =
          card && (card.chatId !== place.chatId || card.messageId !== place.messageId);
        if (isOther) await deleteMessage(card.chatId, card.messageId);
        await deleteBeside(card?.chatId ?? place.chatId, reply.beside);
        return true;
      }
      case 'delete-card': {
        await callback?.settle();
        const { chatId, messageId } = readCardAddress(reply.address);
        await deleteMessage(chatId, messageId);
        await deleteBeside(chatId, reply.beside);
        return sendText(reply.text, place);
      }
      case 'documents': {
        await callback?.settle();
        const { isComplete, tooLarge } = await documents.send(reply.imageIds, place);
        const texts = [
          ...(isComplete ? [] : [chat.text(place.locale, 'originals-missing')]),
          ...(tooLarge.length > 0 ? [oversizeText(place.locale, tooLarge)] : []),
        ];
        return texts.length === 0 || sendText(texts.join('\n'), place);
      }
      case 'archive': {
        await callback?.settle();
        const isComplete = await documents.sendArchive(reply, place);
        return isComplete || sendText(chat.text(place.locale, 'archive-missing'), place);
      }
    }
  };

  return {
    async send(reply, place) {
      try {
        return await deliver(reply, place);
      } catch (error) {
        const chatId = movedTo(error);
        if (chatId === undefined) throw error;
        return deliver(reply, { ...place, chatId, messageId: null });
      }
    },
  };
}

function isPassing(error: TelegramCallError): boolean {
  const kind = telegramFailureOf(error)?.kind;
  return kind === 'rate-limited' || kind === 'doubtful' || kind === 'unreachable';
}
