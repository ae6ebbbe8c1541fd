import type { Api } from 'grammy';
import { telegramFailureOf } from './telegram-errors.js';

const rememberedMs = 60_000;
const maxRemembered = 10_000;

/** Who administers which group. */
export interface ChatMembers {
  /** @throws TelegramCallError */
  isAdministrator(chatId: number, userId: number): Promise<boolean>;
  /** Whether the bot may write to somebody in private: they have begun a chat with it. */
  isReachable(userId: number): Promise<boolean>;
}

/** Asks the platform, and remembers the answer for a minute. */
export function createChatMembers(api: Api, now: () => Date): ChatMembers {
  const remembered = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();

  const ask = async (chatId: number, userId: number): Promise<boolean> => {
    const { status } = await api.getChatMember(chatId, userId);
    return status === 'creator' || status === 'administrator';
  };

  return {
    async isReachable(userId) {
      try {
        await api.sendChatAction(userId, 'upload_photo');
        return true;
      } catch (error) {
        if (telegramFailureOf(error)?.kind === 'undeliverable') return false;
        throw error;
      }
    },

    isAdministrator(chatId, userId) {
      const key = `${chatId} ${userId}`;
      const known = remembered.get(key);
      if (known && now().getTime() - known.at < rememberedMs) return known.answer;
      if (remembered.size >= maxRemembered) remembered.clear();
      const answer = ask(chatId, userId);
      remembered.set(key, { at: now().getTime(), answer });
      answer.catch(() => remembered.delete(key));
      return answer;
    },
  };
}
