import type { Logger } from 'pino';
import {
  type CardButton,
  type CardToShow,
  type CardView,
  type Chat,
  placeImages,
} from '../../chat/index.js';
import { type Engine, EngineError } from '../../engine/index.js';
import type { DiscordAddress } from './address.js';
import { cardFiles, fileLimit } from './card-files.js';
import { cardMessage } from './card-message.js';
import { isOpenToBot } from './card-route.js';
import type { DiscordApi, OutgoingMessage } from './discord-api.js';
import type { DiscordError, DiscordProblem } from './discord-errors.js';
import { composeWithKeptPictures } from './kept-pictures.js';

export interface CardCompositionDependencies {
  readonly api: Pick<DiscordApi, 'message'>;
  readonly engine: Pick<Engine, 'readGrid' | 'readImageWithin'>;
  readonly chat: Pick<Chat, 'text'>;
  readonly log: Logger;
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
  function withUnshown({ view, posts, final }: CardToShow, address: DiscordAddress): CardView {
    if (!final || view.picture?.kind !== 'results' || isOpenToBot(address)) return view;
    const { inCard, beside } = placeImages(view.picture.images, posts.known, fileLimit);
    if (beside.length === 0) return view;
    const count = inCard.length + beside.length;
    const notice = chat.text(address.locale, 'discord-more-in-zip', {
      shown: inCard.length,
      count,
    });
    return { ...view, lines: [...view.lines, notice] };
  }

  return {
    /** @throws DiscordError where the pictures are those that the message has already */
    async whole(card: CardToShow, address: DiscordAddress): Promise<OutgoingMessage> {
      if (card.view.picture?.kind === 'kept') return composeWithKeptPictures(card, address, api);
      const { attachmentLimitBytes: maxBytes } = address;
      try {
        const files = await cardFiles(engine, card, maxBytes);
        return cardMessage(withUnshown(card, address), files, { maxBytes });
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        log.warn({ batchId: card.batchId, reason: error.message }, 'pictures of a card are gone');
        return cardMessage(card.view, []);
      }
    },

    /** Fifteen minutes after it was asked for, a card of this kind can be edited by nobody. */
    parked({ view, batchId }: CardToShow, { locale }: DiscordAddress): OutgoingMessage {
      const fetch: CardButton = {
        label: chat.text(locale, 'button-fetch'),
        action: { kind: 'fetch', batchId },
        style: 'primary',
      };
      const lines = [chat.text(locale, 'discord-still-running')];
      const cancel = view.buttons.flat().filter(({ action }) => action.kind === 'cancel');
      return cardMessage({ ...view, lines, buttons: [[fetch, ...cancel]] }, []);
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
