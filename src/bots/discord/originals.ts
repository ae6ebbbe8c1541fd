import { ButtonStyle, ComponentType, MessageFlags, type RawFile } from 'discord.js';
import type { Chat } from '../../chat/index.js';
import { type Engine, EngineError, type ImageLinks } from '../../engine/index.js';
import { fileLimit, imageFiles } from './card-files.js';
import { rawFile } from './card-message.js';
import type { OutgoingMessage } from './discord-api.js';
import { textMessage } from './text-message.js';

export interface OriginalsDependencies {
  readonly engine: Pick<Engine, 'readGrid' | 'readImage' | 'readImageWithin'>;
  readonly chat: Pick<Chat, 'text'>;
  readonly links: ImageLinks | null;
}

const buttonsInRow = 5;

/** A message of files alone, for the asker's eyes only. */
export function privateFiles(files: readonly RawFile[]): OutgoingMessage {
  return { ...textMessage('', { private: true }), files };
}

/**
 * Images as they are, ten a message. One above `maxBytes` comes by a signed link, and where there
 * are none as a smaller file, which is said.
 */
export function createOriginals({ engine, chat, links }: OriginalsDependencies) {
  /** Bytes; undefined for one that is stored no more. */
  const sizeOf = async (imageId: string): Promise<number | undefined> => {
    try {
      return (await engine.readImage(imageId)).bytes.byteLength;
    } catch (error) {
      if (error instanceof EngineError) return undefined;
      throw error;
    }
  };

  return async (
    imageIds: readonly string[],
    maxBytes: number,
    locale: string,
  ): Promise<OutgoingMessage[]> => {
    const tooLarge: string[] = [];
    const present: string[] = [];
    for (const id of imageIds) {
      const size = await sizeOf(id);
      if (size !== undefined) present.push(id);
      if (size !== undefined && size > maxBytes) tooLarge.push(id);
    }
    const asFiles = links ? present.filter((id) => !tooLarge.includes(id)) : present;
    const messages: OutgoingMessage[] = [];
    if (present.length < imageIds.length) {
      messages.push(textMessage(chat.text(locale, 'originals-missing'), { private: true }));
    }
    for (let at = 0; at < asFiles.length; at += fileLimit) {
      const images = asFiles.slice(at, at + fileLimit).map((id) => ({ id, description: '' }));
      const files = await imageFiles(engine, images, maxBytes);
      messages.push(privateFiles(files.map(rawFile)));
    }
    if (tooLarge.length === 0) return messages;
    const limit = { max: Math.floor(maxBytes / 1_048_576), count: tooLarge.length };
    if (!links) {
      const text = chat.text(locale, 'originals-shrunk', limit);
      return [...messages, textMessage(text, { private: true })];
    }
    const urls = tooLarge.map((id) => links.linkTo(id));
    const text = chat.text(locale, 'originals-linked', limit);
    const rows = 5;
    for (let at = 0; at < urls.length; at += buttonsInRow * rows) {
      messages.push(linkMessage(text, urls.slice(at, at + buttonsInRow * rows), at));
    }
    return messages;
  };
}

/** https://discord.com/developers/docs/components/reference#button-button-styles */
function linkMessage(text: string, urls: readonly string[], offset: number): OutgoingMessage {
  const buttons = urls.map((url, index) => ({
    type: ComponentType.Button as const,
    style: ButtonStyle.Link as const,
    label: `#${offset + index + 1}`,
    url,
  }));
  const rows = Array.from({ length: Math.ceil(buttons.length / buttonsInRow) }, (_, row) => ({
    type: ComponentType.ActionRow as const,
    components: buttons.slice(row * buttonsInRow, (row + 1) * buttonsInRow),
  }));
  return {
    body: {
      flags: MessageFlags.IsComponentsV2 | MessageFlags.Ephemeral,
      components: [{ type: ComponentType.TextDisplay, content: text }, ...rows],
      allowed_mentions: { parse: [] },
    },
    files: [],
  };
}
