import { pino } from 'pino';
import { expect } from 'vitest';
import { newCardAddress } from '../../../src/bots/telegram/card-address.js';
import { createTelegramBot, type TelegramBot } from '../../../src/bots/telegram/index.js';
import type { Chat } from '../../../src/chat/index.js';
import type { Engine } from '../../../src/engine/index.js';
import {
  createTelegramPlayground,
  type StoredMessage,
} from '../../../src/playground/telegram/index.js';
import {
  describePlatformContract,
  type PlatformHarness,
  rateLimitedMs,
} from '../../contracts/platform.js';
import { createImageShelf } from '../../support/image-shelf.js';
import { hasTelegramSpecification, watchTelegram } from '../../support/telegram-specification.js';

describePlatformContract('Telegram', async (): Promise<PlatformHarness> => {
  const playground = await createTelegramPlayground();
  const violations = hasTelegramSpecification ? watchTelegram(playground.events) : [];
  const ada = playground.createUser({ firstName: 'Ada', username: 'ada_lovelace' });
  const shelf = createImageShelf();
  const bots: TelegramBot[] = [];
  const createPlatform = () => {
    const bot = createTelegramBot({
      token: playground.token,
      apiRoot: playground.url,
      engine: { ...shelf, cards: { read: async () => ({}) } } as unknown as Engine,
      chat: {} as Chat,
      log: pino({ level: 'silent' }),
      now: () => new Date(),
      fetch,
    });
    bots.push(bot);
    return bot.platform;
  };
  const sent = () =>
    playground
      .messages(ada.chat)
      .filter(({ from, deletedAtMs }) => from.is_bot && deletedAtMs === undefined);

  return {
    platform: createPlatform(),
    restarted: createPlatform,
    async newAddress() {
      const { id } = await ada.send(ada.chat, { text: '/imagine a red fox' });
      return newCardAddress(ada.chat.id, null, id);
    },
    seen: () => sent().map(seenMessage),
    results: (count) => shelf.results(count),
    preview: () => shelf.preview(),
    mentionOfSomebody: () => '@ada_lovelace',
    next(fault) {
      const kind = { 'answer-lost': 'reset-after', 'server-error': '502', 'rate-limited': '429' }[
        fault
      ] as 'reset-after' | '502' | '429';
      playground.faults.next({ kind, retryAfter: rateLimitedMs / 1000 });
    },
    async deleteMessages() {
      for (const message of sent()) ada.delete(message);
    },
    async closeChat() {
      ada.block();
    },
    async close() {
      await Promise.all(bots.map((bot) => bot.stop()));
      for (const bot of bots) bot.close();
      await playground.close();
      expect(violations).toEqual([]);
    },
  };
});

function seenMessage({ content }: StoredMessage) {
  const text = content.text ?? content.caption ?? '';
  const entities = content.entities ?? content.caption_entities ?? [];
  const pinged = entities
    .filter(({ type }) => type === 'mention' || type === 'text_mention')
    .map(({ offset, length }) => text.slice(offset, offset + length));
  const buttons = content.reply_markup?.inline_keyboard.flat().map(({ text: label }) => label);
  return {
    // Nobody sees a space of no width.
    text: text.replaceAll('\u200b', ''),
    pictures: content.photo ? 1 : 0,
    buttons: buttons ?? [],
    pinged,
  };
}
