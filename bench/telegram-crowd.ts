import {
  createTelegramPlayground,
  type Person,
  type StoredMessage,
} from '../src/playground/telegram/index.js';
import { type Crowd, nowMs, type Watch, watchCommand } from './chat-load.js';

export interface TelegramCrowd extends Crowd {
  readonly playground: Awaited<ReturnType<typeof createTelegramPlayground>>;
  personOf(index: number): Person;
}

/** People in private chats, each with one command on its way at a time. */
export async function createTelegramCrowd(withLimits: boolean): Promise<TelegramCrowd> {
  const playground = await createTelegramPlayground(withLimits ? {} : { limits: 'off' });
  const people: Person[] = [];
  /** Exchanges of the ledger that `traffic` has told of. */
  let counted = 0;
  const watches = new Map<number, { readonly watch: Watch; asked: number }>();

  const look = (message: StoredMessage) => {
    if (!message.from.is_bot) return;
    const watched = watches.get(message.room.id);
    // Later edits of an earlier card are no answer to this command.
    if (watched === undefined || message.id < watched.asked) return;
    watched.watch.answered();
    if (message.content.photo !== undefined) watched.watch.shown();
  };
  playground.events.on('message', look);
  playground.events.on('edit', look);

  const personOf = (index: number): Person => {
    people[index] ??= playground.createUser({ firstName: `Person ${index}` });
    return people[index];
  };

  return {
    playground,
    apiUrl: playground.url,
    token: playground.token,
    personOf,
    async ask(index) {
      const person = personOf(index);
      const watch = watchCommand(`person ${index} on Telegram`);
      const watched = { watch, asked: Number.POSITIVE_INFINITY };
      watches.set(person.chat.id, watched);
      const { id } = await person.send(person.chat, { text: 'a lighthouse at dusk' });
      watched.asked = id;
      return watch.done;
    },
    async send(index) {
      const person = personOf(index);
      await person.send(person.chat, { text: 'a lighthouse at dusk' });
    },
    traffic() {
      const exchanges = playground.ledger.exchanges.slice(counted);
      counted += exchanges.length;
      const calls = exchanges.filter(({ method }) => /^(send|edit)/.test(method));
      return {
        sent: calls.length,
        refused: calls.filter(({ status }) => status === 429).length,
      };
    },
    close: () => playground.close(),
  };
}

/** Sends a command and presses Cancel once it runs. Returns when that was, in ms since the epoch. */
export async function cancelOne(crowd: Crowd, index: number): Promise<number> {
  if (!('personOf' in crowd)) throw new Error('Cancel is measured on Telegram');
  const { playground, personOf } = crowd as TelegramCrowd;
  const person = personOf(index);
  await person.send(person.chat, { text: 'a lighthouse at dusk' });
  const card = await playground.waitForMessage(person.chat, ({ content }) =>
    /%|running/.test(content.text ?? ''),
  );
  const [button] = card.content.reply_markup?.inline_keyboard.flat() ?? [];
  if (!button || !('callback_data' in button)) throw new Error('the card has no button');
  const pressedAt = nowMs();
  person.press(card, button.callback_data);
  return pressedAt;
}
