import { type Api, InputFile } from 'grammy';
import type { Logger } from 'pino';
import type { Panel } from '../../chat/index.js';
import { type Engine, EngineError } from '../../engine/index.js';
import { keyboardOf } from './card-message.js';
import { extensionOf } from './card-picture.js';
import type { SendBudget } from './send-budget.js';
import { placement, textOptions } from './send-options.js';
import { TelegramCallError, telegramFailureOf } from './telegram-errors.js';
import { escapeHtml, inert, maxCaptionLength, maxTextLength, shorten } from './telegram-html.js';

export interface PanelSenderDeps {
  readonly api: Api;
  readonly budget: SendBudget;
  readonly engine: Pick<Engine, 'readGrid'>;
  readonly log: Logger;
}

export interface PanelPlace {
  readonly chatId: number;
  readonly threadId: number | null;
  /** Null in a chat of another id than it was asked in: there it can be no answer. */
  readonly messageId: number | null;
}

/** Sends it; called again after a failure, it goes on where it stopped. @throws TelegramCallError */
export type PanelDelivery = () => Promise<void>;

export interface PanelSender {
  /** As messages of its own. */
  send(panel: Panel, place: PanelPlace): PanelDelivery;
  /** In place of the panel at `messageId`, or a new one where that can't be. */
  replace(panel: Panel, place: PanelPlace): PanelDelivery;
}

type Grid = Awaited<ReturnType<Engine['readGrid']>>;

const codeTags = '<pre></pre>';

/**
 * Panels as Telegram has room for them: one message of words under a grid of the pictures; the words
 * in a message of their own where they are more than a caption takes, and what is to be copied too.
 */
export function createPanelSender({ api, budget, engine, log }: PanelSenderDeps): PanelSender {
  const gridOf = async (panel: Panel): Promise<Grid | undefined> => {
    const shown = panel.images ?? panel.entries?.flatMap(({ thumbnail }) => thumbnail ?? []) ?? [];
    if (shown.length === 0) return undefined;
    try {
      return await engine.readGrid(shown.map(({ id }) => id));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      log.info({ reason: error.message }, 'The pictures of a list are gone');
      return undefined;
    }
  };

  const sendHtml = async (html: string, { chatId, ...place }: PanelPlace, markup: object) => {
    const options = { ...textOptions, ...placement(place.threadId, place.messageId), ...markup };
    await budget.run(chatId, () => api.sendMessage(chatId, html, options));
  };

  /** The messages of a panel; each tells whether it makes those after it needless. */
  const messagesOf = async (
    panel: Panel,
    place: PanelPlace,
  ): Promise<readonly (() => Promise<boolean>)[]> => {
    const { chatId } = place;
    const photo = await gridOf(panel);
    const words = wordsOf(panel);
    const markup = markupOf(panel);
    const inWords = inMessages(words).map((html, index, { length }) => async () => {
      await sendHtml(html, place, index === length - 1 ? markup : {});
      return false;
    });
    if (photo === undefined) return inWords;
    const isCaption = fitsCaption(words);
    const options = {
      ...placement(place.threadId, place.messageId),
      ...(isCaption ? { caption: words.join(''), parse_mode: 'HTML' as const, ...markup } : {}),
    };
    const withPhoto = async () => {
      try {
        await budget.run(chatId, () => api.sendPhoto(chatId, fileOf(photo), options));
        return isCaption;
      } catch (error) {
        const kind = telegramFailureOf(error)?.kind;
        // Without the pictures the words still help, and no picture comes twice that has none.
        if (kind !== 'refused' && (isCaption || kind !== 'doubtful')) throw error;
        log.warn({ err: error }, 'Telegram refused the pictures of a list, or may have');
        return false;
      }
    };
    return [withPhoto, ...inWords];
  };

  const send = (panel: Panel, place: PanelPlace): PanelDelivery => {
    let open: readonly (() => Promise<boolean>)[] | undefined;
    return async () => {
      open ??= await messagesOf(panel, place);
      for (let next = open[0]; next; next = open[0]) open = (await next()) ? [] : open.slice(1);
    };
  };

  const edit = async (panel: Panel, chatId: number, messageId: number): Promise<void> => {
    const photo = await gridOf(panel);
    const words = wordsOf(panel);
    const markup = markupOf(panel);
    const html = words.join('');
    const call = (): Promise<unknown> =>
      photo && fitsCaption(words)
        ? api.editMessageMedia(
            chatId,
            messageId,
            { type: 'photo', media: fileOf(photo), caption: html, parse_mode: 'HTML' },
            markup,
          )
        : api.editMessageText(chatId, messageId, html, { ...textOptions, ...markup });
    await budget.run(chatId, call);
  };

  return {
    send,
    replace(panel, place) {
      const { chatId, messageId } = place;
      const anew = send(panel, place);
      if (messageId === null) return anew;
      let isEditable = true;
      return async () => {
        try {
          if (isEditable) return await edit(panel, chatId, messageId);
        } catch (error) {
          if (!(error instanceof TelegramCallError)) throw error;
          const { kind } = error.failure;
          if (kind === 'unchanged') return;
          // A picture never becomes a text; a message that is gone can't be edited.
          if (kind !== 'other-form' && kind !== 'message-gone' && kind !== 'refused') throw error;
          isEditable = false;
        }
        await anew();
        await api
          .deleteMessage(chatId, messageId)
          .catch((gone: unknown) => log.info({ err: gone }, 'An old list stays'));
      };
    },
  };
}

function fileOf({ bytes, mediaType }: Grid): InputFile {
  return new InputFile(bytes, `grid.${extensionOf(mediaType)}`);
}

/** The parts of the words, as HTML: what is read, and what is to be copied. */
function wordsOf({ text, entries = [], code }: Panel): string[] {
  const read = [text, ...entries.map((entry) => entry.text)].join('\n\n');
  // People's prompts stand in all of it, and none of the bot's own commands.
  const html = escapeHtml(shorten(inert(read), maxTextLength));
  // Nothing in a block of code becomes a mention, and it is copied as it is.
  return code === undefined ? [html] : [html, `\n<pre>${escapeHtml(code)}</pre>`];
}

/** Counted with the markup in, which is more than Telegram counts. */
function fitsCaption(words: readonly string[]): boolean {
  return words.join('').length <= maxCaptionLength;
}

function inMessages(words: readonly string[]): string[] {
  const together = words.join('');
  if (together.length <= maxTextLength) return [together];
  const room = maxTextLength - codeTags.length;
  return words.flatMap((part) => {
    const code = /^\n<pre>(.*)<\/pre>$/s.exec(part)?.[1];
    if (code === undefined) return [part];
    return pieces(code, room).map((piece) => `<pre>${piece}</pre>`);
  });
}

/** Never cut inside an entity such as `&lt;`. */
function pieces(html: string, length: number): string[] {
  return html.match(new RegExp(`(?:&[a-z]+;|[^&]){1,${Math.floor(length / 2)}}`, 'gs')) ?? [];
}

function markupOf({ entries = [], buttons }: Panel) {
  const keyboard = keyboardOf([...entries.map((entry) => entry.buttons), ...buttons]);
  return keyboard ? { reply_markup: keyboard } : {};
}
