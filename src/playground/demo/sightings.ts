import {
  type DiscordPlayground,
  type Message,
  shownAttachments,
  textOf,
} from '../discord/index.js';
import { messageFlags } from '../discord/records.js';
import type { StoredMessage, TelegramPlayground } from '../telegram/index.js';
import { type CardReading, type CardState, readCard } from './card-reading.js';

export interface Sighting extends CardReading {
  readonly platform: 'Discord' | 'Telegram';
  /** Whose message it is or answers. */
  readonly person: string;
  /** The same for every sighting of one message. */
  readonly messageKey: string;
  /** Milliseconds since the watch began. */
  readonly atMs: number;
  readonly pictures: number;
  /** Only the person sees it. */
  readonly isPrivate: boolean;
}

export interface Watch {
  /** What was seen of a message so far, oldest first. */
  of(messageKey: string): readonly Sighting[];
  /**
   * Until a message is in one of the states.
   * @throws Error with what it says when it is not within a minute
   */
  until(messageKey: string, states: readonly CardState[]): Promise<Sighting>;
  /** Milliseconds since the watch began. */
  nowMs(): number;
}

const patienceMs = 60_000;

/** Follows what the bots show on both platforms, and tells of each change that a person can see. */
export function watchCards(
  discord: DiscordPlayground,
  telegram: TelegramPlayground,
  onChange: (sighting: Sighting) => void,
): Watch {
  const began = performance.now();
  const seen = new Map<string, Sighting[]>();
  const waiting = new Set<() => void>();
  const nowMs = () => performance.now() - began;

  const note = (what: Omit<Sighting, 'atMs'>) => {
    const sighting = { ...what, atMs: nowMs() };
    const earlier = seen.get(what.messageKey) ?? [];
    seen.set(what.messageKey, [...earlier, sighting]);
    const last = earlier.at(-1);
    const looksTheSame = last?.status === what.status && last.pictures === what.pictures;
    if (!looksTheSame || last.state !== what.state) onChange(sighting);
    for (const look of waiting) look();
  };

  const until: Watch['until'] = (messageKey, states) =>
    new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const look = () => {
        const last = seen.get(messageKey)?.at(-1);
        if (!last || !states.includes(last.state)) return;
        finish();
        resolve(last);
      };
      const timer = setTimeout(() => {
        finish();
        const { state = 'nothing', status = '' } = seen.get(messageKey)?.at(-1) ?? {};
        const wanted = states.join(' or ');
        reject(new Error(`not ${wanted} within ${patienceMs / 1000} s, but ${state}: ${status}`));
      }, patienceMs);
      waiting.add(look);
      look();
    });

  const onDiscord = (message: Message) => {
    if (message.authorId === discord.applicationId) note(discordSighting(message));
  };
  discord.events.on('message', onDiscord).on('edit', onDiscord).on('ephemeral', onDiscord);
  const onTelegram = (message: StoredMessage) => {
    if (message.from.is_bot) note(telegramSighting(message));
  };
  telegram.events.on('message', onTelegram).on('edit', onTelegram);

  return { of: (messageKey) => seen.get(messageKey) ?? [], until, nowMs };
}

export function discordKey(message: Pick<Message, 'id'>): string {
  return `discord ${message.id}`;
}

export function telegramKey(message: Pick<StoredMessage, 'room' | 'id'>): string {
  return `telegram ${message.room.id} ${message.id}`;
}

/** `-#` begins small print. */
function discordSighting(message: Message): Omit<Sighting, 'atMs'> {
  const lines = textOf(message)
    .split('\n')
    .map((line) => line.replace(/^-# /, ''));
  const isLoading = (message.flags & messageFlags.Loading) !== 0;
  const reading: CardReading = isLoading
    ? { state: 'thinking', percent: undefined, status: '' }
    : readCard(lines);
  const asker = message.interactionMetadata?.user as { global_name?: string } | undefined;
  return {
    ...reading,
    platform: 'Discord',
    person: asker?.global_name ?? '',
    messageKey: discordKey(message),
    pictures: shownAttachments(message).length,
    isPrivate: message.ephemeralFor !== undefined,
  };
}

function telegramSighting(message: StoredMessage): Omit<Sighting, 'atMs'> {
  const { text, caption, photo, document } = message.content;
  const words = text ?? caption ?? document?.file_name ?? '';
  return {
    ...readCard(words.split('\n')),
    platform: 'Telegram',
    person: message.room.title,
    messageKey: telegramKey(message),
    pictures: photo || document ? 1 : 0,
    isPrivate: false,
  };
}
