import type { Update } from 'grammy/types';
import type { Chat } from '../../chat/index.js';
import type { CallbackAnswer } from './callback-answer.js';
import type { KeyedQueue } from './keyed-queue.js';
import { type BotIdentity, translateMessages } from './message-translation.js';
import type { ReplySender } from './reply-sender.js';
import { personSender, senderOf, threadIdOf } from './sender.js';

export interface BusyAnswerDeps {
  readonly bot: BotIdentity;
  readonly chat: Pick<Chat, 'text'>;
  readonly replies: ReplySender;
  readonly queue: KeyedQueue;
  readonly onDefect: (error: unknown) => void;
}

/** Resolves with whether the words were sent. Undefined: there is nobody to tell. */
export type BusyAnswer = (
  update: Update,
  callback: CallbackAnswer | undefined,
) => Promise<boolean> | undefined;

/** Tells who sent an update that nothing was kept of it. */
export function createBusyAnswer(deps: BusyAnswerDeps): BusyAnswer {
  const { bot, chat, replies, queue, onDefect } = deps;

  return (update, callback) => {
    const { message, callback_query: query } = update;
    const asked = message ?? query?.message;
    const sender = message ? senderOf(message) : query && personSender(query.from);
    if (!asked || !sender || (message && translateMessages([message], bot).kind === 'ignored')) {
      return undefined;
    }
    const { locale } = sender.identity;
    const text = chat.text(locale, 'busy');
    const place = {
      chatId: asked.chat.id,
      threadId: asked.date === 0 ? null : threadIdOf(asked),
      messageId: asked.message_id,
      locale,
      ...(callback && { callback }),
    };
    const send = async () => {
      try {
        return await replies.send({ kind: 'text', text, private: true }, place);
      } catch (error) {
        onDefect(error);
        return false;
      }
    };
    return new Promise((resolve) => {
      queue.add(`busy ${asked.chat.id}`, async () => resolve(await send()));
    });
  };
}
