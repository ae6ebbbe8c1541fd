import { type Api, InputFile } from 'grammy';
import type { Logger } from 'pino';
import { type CardToShow, imagesDue, placeImages, type ResultImage } from '../../chat/index.js';
import { type Engine, EngineError, lengthOf } from '../../engine/index.js';
import type { PlacedAddress } from './card-address.js';
import { extensionOf, photoLimits } from './card-picture.js';
import type { SendBudget } from './send-budget.js';
import { placement } from './send-options.js';
import { type TelegramFailure, telegramFailureOf } from './telegram-errors.js';
import { escapeHtml, inert, maxCaptionLength, shorten } from './telegram-html.js';

/** Bytes of all photos of one request: the Bot API takes 50 MB (core.telegram.org/bots/api#sending-files). */
const maxAlbumBytes = 45_000_000;
const longestWaitMs = 5000;

export interface ImagePosterDeps {
  readonly api: Api;
  readonly budget: SendBudget;
  readonly engine: Pick<Engine, 'readImageWithin'>;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface ImagePoster {
  /**
   * Posts the next album of a batch's images under its card, where one is due. True: it did, and
   * there may be more. Each album is on record before it is sent, so that none is sent twice; where
   * its answer is lost, the card says so.
   * @throws SendBusyError, SendBudgetClosedError, TelegramCallError
   */
  post(card: CardToShow, address: PlacedAddress): Promise<boolean>;
}

interface Photo {
  readonly image: ResultImage;
  readonly file: InputFile;
}

/** What says for certain that Telegram took nothing. */
const untaken: readonly TelegramFailure['kind'][] = [
  'rate-limited',
  'unreachable',
  'moved',
  'undeliverable',
  'unauthorized',
  'conflict',
];

export function createImagePoster(deps: ImagePosterDeps): ImagePoster {
  const { api, budget, engine, log, now } = deps;

  /** As many of them as fit into one request. Those that are stored no more are left out. */
  const read = async (
    images: readonly ResultImage[],
  ): Promise<{ photos: Photo[]; gone: ResultImage[] }> => {
    const photos: Photo[] = [];
    const gone: ResultImage[] = [];
    let bytesTogether = 0;
    for (const image of images) {
      try {
        const { pieces, mediaType } = await engine.readImageWithin(image.id, photoLimits);
        bytesTogether += lengthOf(pieces);
        if (photos.length > 0 && bytesTogether > maxAlbumBytes) break;
        const file = new InputFile(pieces, `${image.id}.${extensionOf(mediaType)}`);
        photos.push({ image, file });
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        log.info({ imageId: image.id }, 'An image is no longer there to be posted');
        gone.push(image);
      }
    }
    return { photos, gone };
  };

  /** A single photo is no album. Gives the ids of the messages. */
  const send = async (photos: readonly Photo[], address: PlacedAddress): Promise<number[]> => {
    const { chatId, threadId, messageId } = address;
    const options = placement(threadId, messageId);
    const media = photos.map(({ image, file }) => ({
      type: 'photo' as const,
      media: file,
      ...captionOf(image),
    }));
    const [first, ...others] = media;
    if (!first) return [];
    if (others.length > 0) {
      const sent = await api.sendMediaGroup(chatId, media, options);
      return sent.map(({ message_id }) => message_id);
    }
    const { media: photo, type: _type, ...caption } = first;
    const { message_id } = await api.sendPhoto(chatId, photo, { ...options, ...caption });
    return [message_id];
  };

  const sendOnRecord = async (
    { posts, batchId }: CardToShow,
    photos: readonly Photo[],
    address: PlacedAddress,
  ): Promise<void> => {
    const post = await posts.begin(photos.map(({ image }) => image.id));
    if (post === undefined) return;
    let sent: number[];
    try {
      sent = await send(photos, address);
    } catch (error) {
      const kind = telegramFailureOf(error)?.kind;
      if (kind === 'refused') log.error({ err: error, batchId }, 'Telegram refused an album');
      if (kind !== undefined && untaken.includes(kind)) await posts.release(post.id);
      else await posts.doubt([post.id]);
      throw error;
    }
    await posts.sent(post.id, sent.map(String));
  };

  return {
    async post(card, address) {
      const { view, posts, final } = card;
      const { picture } = view;
      if (picture === null || picture.kind === 'preview') return false;
      // Begun by a process that has ended: nobody knows what became of them.
      const left = posts.known.filter(({ state }) => state === 'sending').map(({ id }) => id);
      if (left.length > 0) await posts.doubt(left);
      const isKept = picture.kind === 'kept';
      // A card that keeps its picture shows nothing else, also not at the end.
      const images = isKept
        ? picture.images.filter(({ id }) => !card.shownImageIds.includes(id))
        : picture.images;
      // The card itself shows the only one.
      if (final && !isKept && images.length === 1 && posts.known.length === 0) return false;
      const { beside } = placeImages(images, posts.known, 0);
      const state = { final, posts: posts.known.length, nowMs: now().getTime() };
      const due = imagesDue(beside, state);
      if (due.length === 0) return false;
      const inOrder = images.filter((image) => due.includes(image));
      const { photos, gone } = await read(inOrder);
      if (gone.length > 0) {
        const post = await posts.begin(gone.map(({ id }) => id));
        if (post) await posts.sent(post.id, []);
      }
      if (photos.length === 0) return true;
      await budget.run(address.chatId, () => sendOnRecord(card, photos, address), {
        isFinal: final,
        messages: photos.length,
        maxWaitMs: longestWaitMs,
      });
      return true;
    },
  };
}

function captionOf({ label }: ResultImage) {
  const caption = escapeHtml(shorten(inert(label), maxCaptionLength));
  return { caption, parse_mode: 'HTML' } as const;
}
