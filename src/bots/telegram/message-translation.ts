import type { Document, Message, PhotoSize } from 'grammy/types';
import { answeredForm } from './form-message.js';

/** What of the bot itself decides who is spoken to. */
export interface BotIdentity {
  readonly id: number;
  readonly username: string;
  /** First words of the commands it knows, without the slash. */
  readonly commands: ReadonlySet<string>;
}

/** A file that Telegram holds; nothing of it but the id is trusted. */
export interface FileSource {
  readonly fileId: string;
  readonly name: string;
  readonly byteLength: number | null;
  readonly width: number | null;
  readonly height: number | null;
}

export type Translation =
  /** A command, or what stands for one: `name` is its first word, `text` the rest. */
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly text: string;
      readonly files: readonly FileSource[];
      /** What was answered, where there are files too. */
      readonly answered?: FileSource;
    }
  /** The answer to a question of the bot's: `payload` says to which. */
  | { readonly kind: 'form'; readonly payload: string; readonly text: string }
  /** Somebody sent the bot a file and did not say what for. */
  | { readonly kind: 'wordless'; readonly files: readonly FileSource[] }
  /** A video, a sticker and the like. */
  | { readonly kind: 'unusable' }
  | { readonly kind: 'ignored' };

/** Commands to which a video is a mistake; to the others it is beside the point. */
const worksOnImages: ReadonlySet<string> = new Set(['imagine', 'batch']);

const ignored: Translation = { kind: 'ignored' };

/** Messages of one album, or a single message, as what the bot is asked for. Pure. */
export function translateMessages(messages: readonly Message[], bot: BotIdentity): Translation {
  const [first] = messages;
  if (first === undefined || first.is_automatic_forward) return ignored;
  const isPrivate = first.chat.type === 'private';
  const isAlbum = first.media_group_id !== undefined;
  const spoken = messages.find((message) => wordsOf(message) !== '');
  const words = spoken === undefined ? '' : wordsOf(spoken);
  const own = filesOf(messages, { areNumbered: isAlbum });
  const isUnusable = own.length === 0 && messages.some(hasOtherMedia);

  const command = parseCommand(words);
  if (command !== undefined) {
    const isForOther =
      command.mention !== undefined && command.mention !== bot.username.toLowerCase();
    const isForAny = command.mention === undefined && !isPrivate && !bot.commands.has(command.name);
    if (isForOther || isForAny) return ignored;
    if (isUnusable && worksOnImages.has(command.name)) return { kind: 'unusable' };
    const name = isAlbum && command.name === 'imagine' ? 'batch' : command.name;
    return { kind: 'command', name, text: command.rest, ...withAnswered(own, messages) };
  }

  const form = words === '' ? undefined : answeredForm(first, bot.id);
  if (form !== undefined) return { kind: 'form', payload: form, text: words };

  if (!isPrivate && !(own.length > 0 && messages.some((each) => repliesTo(bot.id, each)))) {
    return ignored;
  }
  if (isUnusable) return { kind: 'unusable' };
  if (words === '') return own.length > 0 ? { kind: 'wordless', files: own } : ignored;
  const name = isAlbum ? 'batch' : 'imagine';
  return { kind: 'command', name, text: words, ...withAnswered(own, messages) };
}

/** The files to work on: their own, or else what they answer. */
function withAnswered(own: readonly FileSource[], messages: readonly Message[]) {
  const [answered] = messages.flatMap(repliedFile);
  if (answered === undefined) return { files: own };
  return own.length > 0 ? { files: own, answered } : { files: [answered] };
}

interface ParsedCommand {
  /** In lower case. */
  readonly name: string;
  /** The bot's name after `@`, in lower case. */
  readonly mention: string | undefined;
  readonly rest: string;
}

/**
 * `/imagine@some_bot a fox`, at the very beginning. A path such as `/usr/bin` is no command, as in
 * Telegram's own clients (core.telegram.org/bots/features#commands).
 */
function parseCommand(words: string): ParsedCommand | undefined {
  const match = /^\/([a-z0-9_]{1,32})(?:@([a-z0-9_]+))?(?![\w/<>@])/i.exec(words);
  if (match?.[1] === undefined) return undefined;
  return {
    name: match[1].toLowerCase(),
    mention: match[2]?.toLowerCase(),
    rest: words.slice(match[0].length).trim(),
  };
}

function wordsOf(message: Message): string {
  return (message.text ?? message.caption ?? '').trim();
}

/**
 * What the messages bring along that may be an image. Photos have no names of their own: those of a
 * whole album get their place in it, by which people find the one that is spoken of.
 */
export function filesOf(
  messages: readonly Message[],
  { areNumbered }: { readonly areNumbered: boolean },
): FileSource[] {
  return messages.flatMap((message, index) =>
    fileOf(message, areNumbered ? `photo-${index + 1}.jpg` : 'photo.jpg'),
  );
}

/** In a private chat every document is taken, so that one that is no image is told so. */
function fileOf({ photo, document, chat }: Message, photoName: string): FileSource[] {
  if (photo !== undefined) return photoFile(photo, photoName);
  const isTaken = document && (chat.type === 'private' || isUsableDocument(document));
  if (!isTaken) return [];
  return [documentFile(document)];
}

/** The image or zip of the message that was replied to, here or in another chat. */
function repliedFile(message: Message): FileSource[] {
  const replied = message.reply_to_message ?? message.external_reply;
  if (replied?.photo !== undefined) return photoFile(replied.photo, 'photo.jpg');
  const document = replied?.document;
  return document !== undefined && isUsableDocument(document) ? [documentFile(document)] : [];
}

function repliesTo(botId: number, message: Message): boolean {
  const replied = message.reply_to_message;
  // In a topic, whatever replies to nothing is said to reply to the topic's beginning.
  return replied?.from?.id === botId && replied.forum_topic_created === undefined;
}

function photoFile(sizes: readonly PhotoSize[], name: string): FileSource[] {
  const largest = sizes.reduce<PhotoSize | undefined>(
    (best, size) =>
      best === undefined || size.width * size.height > best.width * best.height ? size : best,
    undefined,
  );
  if (largest === undefined) return [];
  return [
    {
      fileId: largest.file_id,
      name,
      byteLength: largest.file_size ?? null,
      width: largest.width,
      height: largest.height,
    },
  ];
}

function documentFile(document: Document): FileSource {
  return {
    fileId: document.file_id,
    name: document.file_name ?? 'document',
    byteLength: document.file_size ?? null,
    width: null,
    height: null,
  };
}

/** An image, or a zip of images. */
function isUsableDocument({ mime_type, file_name }: Document): boolean {
  return (
    /^image\/|^application\/(x-)?zip/.test(mime_type ?? '') ||
    /\.(png|jpe?g|webp|gif|avif|tiff?|bmp|heic|zip)$/i.test(file_name ?? '')
  );
}

function hasOtherMedia({ video, animation, sticker, voice, audio, video_note }: Message): boolean {
  return [video, animation, sticker, voice, audio, video_note].some(
    (medium) => medium !== undefined,
  );
}
