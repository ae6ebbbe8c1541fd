import type { Logger } from 'pino';
import {
  type CardButton,
  type CardToShow,
  type CardView,
  type Chat,
  placeImages,
  type ResultImage,
} from '../../chat/index.js';
import { type Engine, EngineError } from '../../engine/index.js';
import type { DiscordAddress } from './address.js';
import { cardFiles, fileLimit, previewFile } from './card-files.js';
import { cardMessage } from './card-message.js';
import { isOpenToBot } from './card-route.js';
import type { DiscordApi, OutgoingMessage } from './discord-api.js';
import type { DiscordError, DiscordProblem } from './discord-errors.js';
import { type KeptPicture, readKeptPictures } from './kept-pictures.js';

export interface CardCompositionDependencies {
  readonly api: Pick<DiscordApi, 'message'>;
  readonly engine: Pick<Engine, 'readGrid' | 'readImageWithin'>;
  readonly chat: Pick<Chat, 'text'>;
  readonly log: Logger;
}

export interface ComposedCard extends OutgoingMessage {
  /** Of the finished images, those that are in it, or that it has words for instead. */
  readonly imageIds: readonly string[];
}

/** Where a card may do without its files: what is said in their place. */
const withoutFilesTexts: Partial<Record<DiscordProblem, string>> = {
  'too-large': 'discord-files-too-large',
  forbidden: 'discord-files-refused',
  refused: 'discord-files-not-taken',
};

/** A card's message, by what may stand where it goes. */
export function createCardComposition({ api, engine, chat, log }: CardCompositionDependencies) {
  /** Where nothing can be posted beside the card, it says what is missing and how to get it. */
  function withUnshown(
    { view, final }: CardToShow,
    address: DiscordAddress,
    { inCard, beside }: ReturnType<typeof placeImages<ResultImage>>,
  ): CardView {
    if (!final || beside.length === 0 || isOpenToBot(address)) return view;
    const shown = inCard.length;
    const count = shown + beside.length;
    const notice = chat.text(address.locale, 'discord-more-in-zip', { shown, count });
    return { ...view, lines: [...view.lines, notice] };
  }

  /** The pictures that its message keeps, and of the others as many as there is room for. */
  async function withPictures(
    card: CardToShow,
    address: DiscordAddress,
    images: readonly ResultImage[],
    kept: readonly KeptPicture[],
  ): Promise<ComposedCard> {
    const { attachmentLimitBytes: maxBytes } = address;
    const keptIds = kept.flatMap(({ imageId }) => imageId ?? []);
    const others = images.filter(({ id }) => !keptIds.includes(id));
    const places = placeImages(others, card.posts.known, fileLimit - kept.length);
    const files = await cardFiles(engine, card.view, places.inCard, maxBytes);
    const message = cardMessage(withUnshown(card, address, places), files, { maxBytes, kept });
    const told = isOpenToBot(address) ? places.inCard : others;
    return { ...message, imageIds: [...keptIds, ...told.map(({ id }) => id)] };
  }

  return {
    /** @throws DiscordError where pictures are those that the message has already */
    async whole(card: CardToShow, address: DiscordAddress): Promise<ComposedCard> {
      const { picture } = card.view;
      if (picture === null) return { ...cardMessage(card.view, []), imageIds: [] };
      if (picture.kind === 'preview') {
        return { ...cardMessage(card.view, [previewFile(picture)]), imageIds: [] };
      }
      try {
        const kept = picture.kind === 'kept' ? await readKeptPictures(address, api) : [];
        return await withPictures(card, address, picture.images, kept);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        log.warn({ batchId: card.batchId, reason: error.message }, 'pictures of a card are gone');
        return withPictures(card, address, [], await readKeptPictures(address, api));
      }
    },

    /** Fifteen minutes after it was asked for, a card of this kind can be edited by nobody. */
    parked({ view, batchId }: CardToShow, { locale }: DiscordAddress): ComposedCard {
      const fetch: CardButton = {
        label: chat.text(locale, 'button-fetch'),
        action: { kind: 'fetch', batchId },
        style: 'primary',
      };
      const lines = [chat.text(locale, 'discord-still-running')];
      const cancel = view.buttons.flat().filter(({ action }) => action.kind === 'cancel');
      const buttons = [[fetch, ...cancel]];
      return { ...cardMessage({ ...view, lines, buttons }, []), imageIds: [] };
    },

    /**
     * The user hears why the pictures are missing, instead of nothing. Undefined where the failure
     * is not theirs.
     */
    withoutFiles(
      card: CardToShow,
      { locale }: DiscordAddress,
      { problem, message: reason }: DiscordError,
    ): OutgoingMessage | undefined {
      const key = withoutFilesTexts[problem];
      if (key === undefined) return undefined;
      log.warn({ batchId: card.batchId, reason }, 'Discord refused the pictures');
      const lines = [...card.view.lines, chat.text(locale, key)];
      return cardMessage({ ...card.view, lines }, []);
    },
  };
}
