import { createHash } from 'node:crypto';
import {
  buttonsOf,
  type Message as DiscordMessage,
  shownAttachments,
  textOf,
} from '../../src/playground/discord/index.js';
import type { StoredMessage, TelegramPlayground } from '../../src/playground/telegram/index.js';

/** What somebody asked for, from the asker's side. */
export interface Ask {
  /** A word that stands in its prompts and nowhere else. */
  readonly tag: string;
  /** Of the message or interaction that asked. */
  readonly id: string;
  readonly tasks: number;
  readonly askedAtMs: number;
  /** False where the platform told the asker that nobody answered: nothing was promised. */
  readonly isAcknowledged: () => boolean;
}

/** A message of the bot as it stands in the chat, from the platform's side. */
export interface Shown {
  readonly id: string;
  /** What it answers, where that is known. */
  readonly answers: string | undefined;
  readonly text: string;
  /** Labels. */
  readonly buttons: readonly string[];
  /** A digest of each picture. */
  readonly images: readonly string[];
  readonly shownAtMs: number;
  /** When it took the look that it has now. */
  readonly changedAtMs: number;
}

export interface Evidence {
  readonly asks: readonly Ask[];
  readonly shown: readonly Shown[];
  /** The prompt of each submission that reached the backend, in order. */
  readonly submissions: readonly string[];
}

export interface Bounds {
  /** Submissions of one task: 1 and the retries that the case allows. */
  readonly submissions: number;
  /** Milliseconds from a command to its first answer. */
  readonly answerMs: number;
  /** Milliseconds from a command to its end. */
  readonly endMs: number;
  /** Stale copies of cards: a first message whose answer never came back is sent again, once. */
  readonly copies?: number;
}

/** Counts of one ask's tasks, as its card tells them. */
interface Told {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

/**
 * What the invariants L D T S of RELIABILITY.md have against a session, a line each. Nothing of it
 * comes from Easel's own record. R is seen by asking for one thing more (`fault-studio.ts`).
 */
export function judge({ asks, shown, submissions }: Evidence, bounds: Bounds): string[] {
  const complaints: string[] = [];
  let copies = 0;
  for (const ask of asks) {
    const answers = shown.filter((message) => concerns(message, ask));
    const ends = answers.filter(isEnd);
    const refusals = answers.filter(isRefusal);
    const say = (letter: string, what: string) =>
      complaints.push(
        `${letter} ${ask.tag} (${ask.id}): ${what}\n${answers.map(describe).join('\n')}`,
      );

    if (ends.length > 1) say('D', `${ends.length} finished cards`);
    if (!ask.isAcknowledged()) continue;
    if (ends.length + refusals.length === 0) say('L', 'never ended');
    if (ends.length > 0 && refusals.length > 0) say('L', 'was refused, and made all the same');
    for (const end of ends) {
      const { completed, failed, cancelled } = told(end);
      const total = completed + failed + cancelled;
      if (total !== ask.tasks) say('L', `${total} of ${ask.tasks} tasks are told`);
      if (completed > 0 && end.images.length === 0) say('L', 'is done without a picture');
      if (new Set(end.images).size < end.images.length) say('D', 'shows a picture twice');
    }
    copies += answers.filter(
      (message) => !isEnd(message) && !isRefusal(message) && !isPost(message),
    ).length;

    const firstAtMs = Math.min(...answers.map(({ shownAtMs }) => shownAtMs)) - ask.askedAtMs;
    if (firstAtMs > bounds.answerMs) say('T', `was answered after ${firstAtMs} ms`);
    const endAtMs = Math.max(...ends.map(({ changedAtMs }) => changedAtMs)) - ask.askedAtMs;
    if (endAtMs > bounds.endMs) say('T', `ended after ${endAtMs} ms`);
  }
  const allowed = bounds.copies ?? 0;
  if (copies > allowed) complaints.push(`D ${copies} cards stand unfinished; ${allowed} may`);

  for (const [prompt, count] of countEach(submissions)) {
    if (count > bounds.submissions) complaints.push(`S ${count} submissions of ${prompt}`);
  }
  const delivered = shown.filter((message) => isEnd(message) || isPost(message));
  const pictures = delivered.flatMap(({ images }) => images);
  for (const [picture, count] of countEach(pictures)) {
    if (count > 1) complaints.push(`D picture ${picture} was posted ${count} times`);
  }
  return complaints;
}

/** Only what has ended can be deleted. */
function isEnd({ buttons }: Shown): boolean {
  return buttons.includes('Delete');
}

/** Images of a batch, beside its card. */
function isPost({ buttons, images }: Shown): boolean {
  return buttons.length === 0 && images.length > 0;
}

/** Words alone, such as 'busy': nothing was kept. */
function isRefusal({ buttons, text }: Shown): boolean {
  return buttons.length === 0 && /kept nothing/i.test(text);
}

function concerns(message: Shown, ask: Ask): boolean {
  return message.answers === ask.id || message.text.includes(ask.tag);
}

/** What a finished card says of its tasks. */
function told({ text }: Shown): Told {
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1] ?? 0);
  const listed = {
    completed: count('done'),
    failed: count('failed'),
    cancelled: count('cancelled'),
  };
  if (listed.completed + listed.failed + listed.cancelled > 0) return listed;
  if (/⚠️/.test(text)) return { completed: 0, failed: 1, cancelled: 0 };
  if (/\d+ images? ·/.test(text)) return { completed: 1, failed: 0, cancelled: 0 };
  return { completed: 0, failed: 0, cancelled: /cancelled/.test(text) ? 1 : 0 };
}

function describe({ id, text, buttons }: Shown): string {
  return `  ${id}: ${JSON.stringify(text)} [${buttons.join(', ')}]`;
}

function countEach(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Whether every acknowledged command has its end. */
export function haveEnded(asks: readonly Ask[], shown: readonly Shown[]): boolean {
  const ends = shown.filter((message) => isEnd(message) || isRefusal(message));
  return asks.every(
    (ask) => !ask.isAcknowledged() || ends.some((message) => concerns(message, ask)),
  );
}

/** What the bot has standing in a chat on Telegram. */
export function shownOnTelegram(
  playground: TelegramPlayground,
  messages: readonly StoredMessage[],
): Shown[] {
  return messages
    .filter(({ from, deletedAtMs }) => from.is_bot && deletedAtMs === undefined)
    .map((message) => {
      const { room, id, replyTo, content, versions } = message;
      const largest = content.photo?.at(-1);
      return {
        id: `telegram ${room.id}/${id}`,
        answers: replyTo && `${room.id}/${replyTo.id}`,
        text: content.text ?? content.caption ?? '',
        buttons: (content.reply_markup?.inline_keyboard ?? []).flat().map(({ text }) => text),
        images: largest ? [digest(playground.fileBytes(largest.file_id))] : [],
        shownAtMs: message.sentAtMs,
        changedAtMs: versions.at(-1)?.atMs ?? message.sentAtMs,
      };
    });
}

/** What the bot has standing in a channel on Discord. */
export function shownOnDiscord(messages: readonly DiscordMessage[], botId: string): Shown[] {
  return messages
    .filter(({ authorId, deletedAt }) => authorId === botId && deletedAt === undefined)
    .map((message) => {
      const { id, channelId, interactionMetadata, createdAt, versions } = message;
      const asked = interactionMetadata?.id;
      return {
        id: `discord ${channelId}/${id}`,
        answers: asked === undefined ? undefined : String(asked),
        text: textOf(message),
        buttons: buttonsOf(message).map(({ label, emoji }) => label ?? emoji ?? ''),
        images: shownAttachments(message).map(({ bytes }) => digest(bytes)),
        shownAtMs: createdAt,
        changedAtMs: versions.at(-1)?.at ?? createdAt,
      };
    });
}

/** The same pictures are looked at again and again while a test waits. */
const digests = new WeakMap<Uint8Array, string>();

function digest(bytes: Uint8Array): string {
  const known = digests.get(bytes) ?? createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  digests.set(bytes, known);
  return known;
}
