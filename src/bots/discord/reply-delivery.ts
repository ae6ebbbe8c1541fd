import type { RawFile } from 'discord.js';
import type { Logger } from 'pino';
import {
  archiveParts,
  type Chat,
  type ChatRequest,
  type Form,
  type Reply,
} from '../../chat/index.js';
import type { Engine, ImageLinks } from '../../engine/index.js';
import { readAddress } from './address.js';
import { fileLimit, imageFiles } from './card-files.js';
import type { DiscordApi } from './discord-api.js';
import { DiscordError } from './discord-errors.js';
import { type AskingInteraction, looksPrivate } from './interaction.js';
import type { InteractionAnswer } from './interaction-answer.js';
import type { createIntentReader } from './interaction-intent.js';
import { modalOf } from './modal.js';
import { createOriginals, privateFiles } from './originals.js';
import { panelMessage } from './panel-message.js';
import { passingProblems, repeat } from './repeat.js';

export interface ReplyDeliveryDependencies {
  readonly api: DiscordApi;
  readonly engine: Pick<Engine, 'readGrid' | 'readImage' | 'readImageWithin' | 'readArchives'>;
  readonly chat: Pick<Chat, 'text'>;
  readonly links: ImageLinks | null;
  readonly intents: Pick<ReturnType<typeof createIntentReader>, 'remember'>;
  readonly now: () => Date;
  readonly log: Logger;
}

/** What the chat layer replies, as Discord shows it. A card shows itself, through the renderer. */
export function createReplyDelivery(deps: ReplyDeliveryDependencies) {
  const { api, engine, chat, intents, links, now, log } = deps;
  const originals = createOriginals({ engine, chat, links });

  /**
   * The interaction is closed once its modal stands. False: Discord takes no modal any more, so that
   * something else is to be said.
   */
  async function form(
    interaction: AskingInteraction,
    pending: InteractionAnswer,
    asked: Form,
  ): Promise<boolean> {
    const isShown = await pending.modal(modalOf(asked, interaction.id));
    if (isShown) await intents.remember(interaction);
    return isShown;
  }

  async function reply(
    interaction: AskingInteraction,
    pending: InteractionAnswer,
    answer: Reply,
  ): Promise<void> {
    switch (answer.kind) {
      case 'card':
      case 'quiet':
        return pending.acknowledge(looksPrivate(interaction));
      case 'text': {
        const { text, picture } = answer;
        if (!picture) return pending.text(text, answer.private);
        const words = { text, buttons: [] };
        const message = (hidden: boolean) => panelMessage(words, [picture], { private: hidden });
        try {
          return await pending.message(message, answer.private);
        } catch (error) {
          if (!(error instanceof DiscordError) || error.problem !== 'forbidden') throw error;
          // Where files may not stand, the words still help.
          log.info({ reason: error.message }, 'a picture of a reply was refused');
          return pending.text(text, answer.private);
        }
      }
      case 'panel':
        return panel(pending, answer);
      case 'form':
        return pending.text(chat.text(pending.cardAddress().locale, 'form-too-late'), true);
      case 'delete-message': {
        const pressed = 'message' in interaction ? interaction.message?.id : undefined;
        await pending.deleteMessage(pressed);
        // The button sat on a list, or on the batch shown once more: its card goes too.
        const { address, beside } = answer;
        const card = address && readAddress(address);
        if (card?.messageId && card.messageId !== pressed) await removeCard(card);
        return removeBeside(card?.channelId ?? pending.cardAddress().channelId, beside);
      }
      case 'delete-card': {
        await removeCard(answer.address);
        await removeBeside(readAddress(answer.address).channelId, answer.beside);
        return pending.text(answer.text, true);
      }
      case 'documents': {
        await pending.acknowledge(true);
        const { attachmentLimitBytes, locale } = pending.cardAddress();
        for (const message of await originals(answer.imageIds, attachmentLimitBytes, locale)) {
          await pending.privately(message);
        }
        return;
      }
      case 'archive': {
        await pending.acknowledge(true);
        return sendArchive(pending, answer);
      }
    }
  }

  async function panel(
    pending: InteractionAnswer,
    { panel: asked, private: isPrivate, replaces }: Extract<Reply, { kind: 'panel' }>,
  ): Promise<void> {
    const { attachmentLimitBytes, locale } = pending.cardAddress();
    const room = asked.code === undefined ? fileLimit : fileLimit - 1;
    const images = (asked.images ?? []).slice(0, room);
    if (images.length > 0) await pending.acknowledge(isPrivate);
    const files = await imageFiles(engine, images, attachmentLimitBytes);
    const message = (hidden: boolean) => panelMessage(asked, files, { private: hidden });
    try {
      await (replaces
        ? pending.replaceMessage(message, isPrivate)
        : pending.message(message, isPrivate));
    } catch (error) {
      const isRefused = error instanceof DiscordError && error.problem === 'forbidden';
      if (!isRefused || message(isPrivate).files.length === 0) throw error;
      await pending.text(chat.text(locale, 'discord-files-refused'), isPrivate);
    }
  }

  async function removeCard(address: ChatRequest['address']): Promise<void> {
    const { applicationId, interactionId, token, tokenExpiresAt, channelId, messageId } =
      readAddress(address);
    try {
      if (token !== null && now().getTime() < tokenExpiresAt) {
        await api.deleteOriginal({ applicationId, id: interactionId, token });
      } else if (messageId !== null) {
        await api.deleteMessage(channelId, messageId);
      }
    } catch (error) {
      if (!(error instanceof DiscordError)) throw error;
      log.info({ interactionId, reason: error.message }, 'a deleted card stays in the chat');
    }
  }

  /** Messages with images beside a card that is gone. */
  async function removeBeside(channelId: string, messageIds: readonly string[]): Promise<void> {
    for (const messageId of messageIds) {
      try {
        await repeat(() => api.deleteMessage(channelId, messageId), passingProblems);
      } catch (error) {
        if (!(error instanceof DiscordError)) throw error;
        log.info({ messageId, reason: error.message }, 'images of a deleted card stay in the chat');
      }
    }
  }

  /** Ten zips a message. One message's uploads are held in memory at a time. */
  async function sendArchive(
    pending: InteractionAnswer,
    { batchId, imageIds }: Extract<Reply, { kind: 'archive' }>,
  ): Promise<void> {
    const { attachmentLimitBytes: maxBytes, locale } = pending.cardAddress();
    let files: RawFile[] = [];
    let count = 0;
    const archives = engine.readArchives(imageIds, { maxBytes });
    for await (const { name, bytes } of archiveParts(`easel-${batchId}`, archives)) {
      count += 1;
      files.push({ name, data: bytes, contentType: 'application/zip' });
      if (files.length < fileLimit) continue;
      await pending.privately(privateFiles(files));
      files = [];
    }
    if (files.length > 0) await pending.privately(privateFiles(files));
    if (count === 0) await pending.text(chat.text(locale, 'archive-missing'), true);
  }

  return { form, reply };
}
