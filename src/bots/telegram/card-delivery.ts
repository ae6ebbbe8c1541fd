import { type Api, InputFile } from 'grammy';
import type { Logger } from 'pino';
import type { CardToShow } from '../../chat/index.js';
import type { Engine } from '../../engine/index.js';
import type { PlacedAddress, TelegramAddress } from './card-address.js';
import { cardHtml, cardKeyboard } from './card-message.js';
import { type PictureFile, pictureKey, readPicture, type UploadedPicture } from './card-picture.js';
import type { SendBudget, SendOptions } from './send-budget.js';
import { placement, textOptions } from './send-options.js';
import { telegramFailureOf } from './telegram-errors.js';
import { maxCaptionLength, maxTextLength } from './telegram-html.js';

/** Uploading a photo is slow and costs the users' traffic; in between, its caption goes on. */
const previewIntervalMs = 4000;
const longestWaitMs = 5000;
const mostPreviewed = 1000;

export interface CardDeliveryDeps {
  readonly api: Api;
  readonly budget: SendBudget;
  readonly engine: Engine;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicMs: () => number;
}

/** The calls that bring a card into a chat. Both give the address as it is afterwards. */
export interface CardDelivery {
  /**
   * A new message, of words alone. It never says how a batch has ended: where its answer is lost it
   * is sent again, and an end is told once.
   */
  send(card: CardToShow, address: TelegramAddress): Promise<PlacedAddress>;
  /** Harmless to repeat. */
  edit(card: CardToShow, address: PlacedAddress): Promise<PlacedAddress>;
  /** The images that a card shows which stands so; undefined where this state brought it none. */
  imageIdsOf(card: CardToShow, address: PlacedAddress): readonly string[] | undefined;
  forget(batchId: string): void;
}

export function createCardDelivery(deps: CardDeliveryDeps): CardDelivery {
  const { api, budget, engine, log, monotonicMs } = deps;
  const previewedAt = new Map<string, number>();

  /** What of the view's picture is to be uploaded now. */
  const dueUpload = async (
    card: CardToShow,
    address: PlacedAddress,
  ): Promise<PictureFile | undefined> => {
    const { batchId } = card;
    const picture = pictureOf(card);
    if (picture === null) return undefined;
    if (picture.kind === 'results') {
      return pictureKey(picture) === address.picture ? undefined : readPicture(engine, picture);
    }
    const lastMs = previewedAt.get(batchId);
    const isTooSoon = lastMs !== undefined && monotonicMs() - lastMs < previewIntervalMs;
    return isTooSoon ? undefined : readPicture(engine, picture);
  };

  const editPhoto = async (
    card: CardToShow,
    address: PlacedAddress,
    file: PictureFile,
  ): Promise<void> => {
    const media = {
      type: 'photo',
      media: new InputFile(file.pieces, file.name),
      caption: cardHtml(card.view, maxCaptionLength),
      parse_mode: 'HTML',
    } as const;
    const { chatId, messageId } = address;
    await budget.run(
      chatId,
      () => unchangedIsFine(api.editMessageMedia(chatId, messageId, media, keyboardOf(card))),
      urgencyOf(card),
    );
  };

  const editWords = async (card: CardToShow, address: PlacedAddress): Promise<void> => {
    const { chatId, messageId, form } = address;
    const html = cardHtml(card.view, form === 'photo' ? maxCaptionLength : maxTextLength);
    const caption = { caption: html, parse_mode: 'HTML' } as const;
    const edit = () =>
      form === 'photo'
        ? api.editMessageCaption(chatId, messageId, { ...caption, ...keyboardOf(card) })
        : api.editMessageText(chatId, messageId, html, { ...textOptions, ...keyboardOf(card) });
    await budget.run(chatId, () => unchangedIsFine(edit()), urgencyOf(card));
  };

  return {
    async send(card, address) {
      const view = card.final ? { ...card.view, lines: ['…'], buttons: [] } : card.view;
      const keyboard = cardKeyboard(view, { pictureButtons: false });
      const html = cardHtml(view, maxTextLength);
      const options = {
        ...textOptions,
        ...placement(address.threadId, address.replyTo),
        ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
      };
      const { chatId } = address;
      const sendOnce = async () => {
        await card.sending();
        return api.sendMessage(chatId, html, options);
      };
      const { message_id } = await budget.run(chatId, sendOnce, urgencyOf(card));
      return { ...address, messageId: message_id, form: 'text', picture: null };
    },

    async edit(card, address) {
      const picture = pictureOf(card);
      const file = await dueUpload(card, address);
      if (picture === null || file === undefined) {
        await editWords(card, address);
        return address;
      }
      try {
        await editPhoto(card, address, file);
      } catch (error) {
        // A picture that Telegram can't take must not hide what became of the batch.
        if (telegramFailureOf(error)?.kind !== 'refused') throw error;
        log.error({ err: error, batchId: card.batchId }, 'Telegram refused the picture of a card');
        await editWords(card, address);
        return address;
      }
      if (picture.kind === 'preview') {
        // Cards that another process finished would stay here; forgetting one costs an upload.
        if (previewedAt.size >= mostPreviewed) previewedAt.clear();
        previewedAt.set(card.batchId, monotonicMs());
      }
      return { ...address, form: 'photo', picture: pictureKey(picture) };
    },

    imageIdsOf(card, address) {
      const picture = pictureOf(card);
      const isShown = picture?.kind === 'results' && pictureKey(picture) === address.picture;
      return isShown ? picture.images.map(({ id }) => id) : undefined;
    },

    forget(batchId) {
      previewedAt.delete(batchId);
    },
  };
}

/**
 * What stands in the card itself. Of several tasks, the images come in albums beside it as they are
 * finished, and the card shows all of them together at the end.
 */
function pictureOf({ view, final, posts }: CardToShow): UploadedPicture | null {
  const { picture, tasks } = view;
  if (picture?.kind === 'kept') return null;
  if (tasks === 1) return picture;
  const isOnlyOne = picture?.kind === 'results' && picture.images.length === 1;
  return final && !(isOnlyOne && posts.known.length > 0) ? picture : null;
}

/** Progress goes at once or not at all; nothing keeps one of the renderer's hands for long. */
function urgencyOf({ final, tick }: CardToShow): SendOptions {
  return { isFinal: final, maxWaitMs: tick ? 0 : longestWaitMs };
}

function keyboardOf({ view }: CardToShow) {
  const keyboard = cardKeyboard(view, { pictureButtons: view.picture !== null });
  return keyboard === undefined ? {} : { reply_markup: keyboard };
}

async function unchangedIsFine(edit: Promise<unknown>): Promise<void> {
  try {
    await edit;
  } catch (error) {
    if (telegramFailureOf(error)?.kind !== 'unchanged') throw error;
  }
}
