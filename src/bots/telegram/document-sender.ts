import { type Api, InputFile } from 'grammy';
import type { Logger } from 'pino';
import { archiveParts } from '../../chat/index.js';
import { type Engine, EngineError, joined } from '../../engine/index.js';
import { extensionOf } from './card-picture.js';
import type { SendBudget } from './send-budget.js';
import { placement } from './send-options.js';
import { movedTo, TelegramCallError } from './telegram-errors.js';

/** core.telegram.org/bots/api#senddocument; the same for all files of one request. */
const maxBytes = 49_000_000;
/** core.telegram.org/bots/api#sendmediagroup */
const maxAlbumFiles = 10;

export interface DocumentSenderDeps {
  readonly api: Api;
  readonly budget: SendBudget;
  readonly engine: Engine;
  readonly log: Logger;
  /** What is too large comes by a link. */
  readonly areLinked: boolean;
}

export interface DocumentPlace {
  readonly chatId: number;
  readonly threadId: number | null;
  readonly messageId: number | null;
}

export interface DocumentSender {
  /**
   * Nothing is sent again by itself: a lost answer does not tell whether the files arrived, and the
   * button can be pressed again.
   */
  send(imageIds: readonly string[], place: DocumentPlace): Promise<SentDocuments>;
  /** All images in as few zips as Telegram's limit allows. False: some may be missing. */
  sendArchive(archive: ImageArchive, place: DocumentPlace): Promise<boolean>;
}

export interface SentDocuments {
  /** False when some of them may be missing in the chat. */
  readonly isComplete: boolean;
  /** Those that Telegram takes no file of: left out where they are linked, else sent smaller. */
  readonly tooLarge: readonly string[];
}

export interface ImageArchive {
  readonly batchId: string;
  readonly imageIds: readonly string[];
}

interface DocumentFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Sends images as files, which Telegram leaves as they are. */
export function createDocumentSender(deps: DocumentSenderDeps): DocumentSender {
  const { api, budget, engine, log, areLinked } = deps;

  const read = async (
    imageId: string,
  ): Promise<(DocumentFile & { readonly isTooLarge: boolean }) | undefined> => {
    try {
      const original = await engine.readImage(imageId);
      const isTooLarge = original.bytes.byteLength > maxBytes;
      const fitted =
        isTooLarge && !areLinked ? await engine.readImageWithin(imageId, { maxBytes }) : undefined;
      const bytes = fitted ? joined(fitted.pieces) : original.bytes;
      const { mediaType } = fitted ?? original;
      return { name: `${imageId}.${extensionOf(mediaType)}`, bytes, isTooLarge };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      log.info({ imageId, reason: error.message }, 'An original is no longer there to be sent');
      return undefined;
    }
  };

  const sendTogether = async (files: readonly DocumentFile[], place: DocumentPlace) => {
    const { chatId } = place;
    const options = placement(place.threadId, place.messageId);
    const media = files.map(({ bytes, name }) => new InputFile(bytes, name));
    const [only] = media;
    if (only === undefined) return;
    const album = media.map((file) => ({ type: 'document' as const, media: file }));
    const call = async (): Promise<unknown> =>
      media.length === 1
        ? api.sendDocument(chatId, only, options)
        : api.sendMediaGroup(chatId, album, options);
    await budget.run(chatId, call, { messages: media.length });
  };

  return {
    async sendArchive({ batchId, imageIds }, place) {
      const archives = engine.readArchives(imageIds, { maxBytes });
      let count = 0;
      for await (const part of archiveParts(`easel-${batchId}`, archives)) {
        count += 1;
        try {
          await sendTogether([part], place);
        } catch (error) {
          if (!(error instanceof TelegramCallError) || movedTo(error)) throw error;
          log.warn({ err: error, part: part.name }, 'A zip may not have been sent');
          return false;
        }
      }
      return count > 0;
    },

    async send(imageIds, place) {
      let isComplete = true;
      const tooLarge: string[] = [];
      let together: DocumentFile[] = [];
      let bytesTogether = 0;
      const flush = async () => {
        const files = together;
        together = [];
        bytesTogether = 0;
        try {
          await sendTogether(files, place);
        } catch (error) {
          if (!(error instanceof TelegramCallError) || movedTo(error)) throw error;
          log.warn({ err: error, files: files.length }, 'Originals may not have been sent');
          isComplete = false;
        }
      };
      for (const imageId of imageIds) {
        const file = await read(imageId);
        if (file === undefined) {
          isComplete = false;
          continue;
        }
        if (file.isTooLarge) {
          tooLarge.push(imageId);
          if (areLinked) continue;
        }
        const isFull = together.length === maxAlbumFiles;
        if (isFull || bytesTogether + file.bytes.byteLength > maxBytes) await flush();
        together.push(file);
        bytesTogether += file.bytes.byteLength;
      }
      await flush();
      return { isComplete, tooLarge };
    },
  };
}
