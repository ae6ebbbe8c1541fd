import type { Api } from 'grammy';

const rememberedMs = 60_000;
const maxRemembered = 10_000;

/** Who administers which group. */
export interface ChatMembers {
  /** @throws TelegramCallError */
  isAdministrator(chatId: number, userId: number): Promise<boolean>;
}

/** Asks the platform, and remembers the answer for a minute. */
export function createChatMembers(api: Api, now: () => Date): ChatMembers {
  const remembered = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();

  const ask = async (chatId: number, userId: number): Promise<boolean> => {
    const { status } = await api.getChatMember(chatId, userId);
    return status === 'creator' || status === 'administrator';
  };

  return {
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
