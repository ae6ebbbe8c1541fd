import {
  buttonsOf,
  type ChannelHandle,
  type Message,
  textOf,
} from '../../src/playground/discord/index.js';
import type { Person, Room, StoredMessage } from '../../src/playground/telegram/index.js';
import type { Studio } from './studio.js';

/** Until a card has come this far, on a machine that is busy. */
export const patienceMs = 120_000;

/** A new channel in a new server, with members. */
export function openDiscordRoom(studio: Studio, ...names: string[]) {
  const guild = studio.discord.driver.createGuild({ name: 'Studio' });
  const channel = guild.createChannel({ name: 'art' });
  const people = (names.length > 0 ? names : ['ann']).map((name) => {
    const person = studio.discord.driver.createPerson({ name });
    guild.addMember(person);
    return person;
  });
  return { guild, channel, people };
}

/** Labels of a Discord card's buttons, emoji among them. */
export function discordButtons(message: Pick<Message, 'components'>): string[] {
  return buttonsOf(message).map(({ label, emoji }) => label ?? emoji ?? '');
}

/** Until a card of the channel shows the button, and the words where there are any. */
export function discordCardWith(
  channel: ChannelHandle,
  button: string,
  words = '',
): Promise<Message> {
  return channel.waitFor(
    (message) => discordButtons(message).includes(button) && textOf(message).includes(words),
    { timeoutMs: patienceMs },
  );
}

/** Words of a Telegram message, below its picture where it has one. */
export function telegramWords({ content }: Pick<StoredMessage, 'content'>): string {
  return content.text ?? content.caption ?? '';
}

/** Labels of a Telegram card's buttons. */
export function telegramButtons({ content }: Pick<StoredMessage, 'content'>): string[] {
  return (content.reply_markup?.inline_keyboard ?? []).flat().map(({ text }) => text);
}

/** Until a card of the chat shows the button, and the words where there are any. */
export function telegramCardWith(
  { telegram }: Studio,
  room: Room,
  button: string,
  words = '',
): Promise<StoredMessage> {
  return telegram.waitForMessage(
    room,
    (message) =>
      message.deletedAtMs === undefined &&
      telegramButtons(message).includes(button) &&
      telegramWords(message).includes(words),
    { timeoutMs: patienceMs },
  );
}

/** What the bot has said in a chat and nobody has removed. */
export function telegramSaid({ telegram }: Studio, room: Room): StoredMessage[] {
  return telegram
    .messages(room)
    .filter(({ from, deletedAtMs }) => from.is_bot && deletedAtMs === undefined);
}

/** Presses the button with this label. */
export function telegramPress(person: Person, message: StoredMessage, label: string) {
  const button = (message.content.reply_markup?.inline_keyboard ?? [])
    .flat()
    .find(({ text }) => text === label);
  if (!button || !('callback_data' in button)) {
    throw new Error(`no button ${label}, but ${telegramButtons(message).join(', ')}`);
  }
  return person.press(message, button.callback_data);
}
