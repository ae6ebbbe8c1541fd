import type { Logger } from 'pino';
import type { Chat, ChatRequest, Form, Reply } from '../../chat/index.js';
import type { Engine } from '../../engine/index.js';
import { readAddress } from './address.js';
import { fileLimit, imageFiles } from './card-files.js';
import { rawFile } from './card-message.js';
import type { DiscordApi } from './discord-api.js';
import { DiscordError } from './discord-errors.js';
import { type AskingInteraction, looksPrivate } from './interaction.js';
import type { InteractionAnswer } from './interaction-answer.js';
import type { createIntentReader } from './interaction-intent.js';
import { modalOf } from './modal.js';

export interface ReplyDeliveryDependencies {
  readonly api: DiscordApi;
  readonly engine: Pick<Engine, 'readGrid' | 'readImageWithin'>;
  readonly chat: Pick<Chat, 'text'>;
  readonly intents: Pick<ReturnType<typeof createIntentReader>, 'remember'>;
  readonly now: () => Date;
  readonly log: Logger;
}

/** What the chat layer replies, as Discord shows it. A card shows itself, through the renderer. */
export function createReplyDelivery(deps: ReplyDeliveryDependencies) {
  const { api, engine, chat, intents, now, log } = deps;

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
      case 'text':
        return pending.text(answer.text, answer.private);
      case 'form':
        return pending.text(chat.text(pending.cardAddress().locale, 'form-too-late'), true);
      case 'delete-message':
        return pending.deleteMessage(
          'message' in interaction ? interaction.message?.id : undefined,
        );
      case 'delete-card': {
        await removeCard(answer.address);
        return pending.text(answer.text, true);
      }
      case 'documents': {
        await pending.acknowledge(true);
        const { attachmentLimitBytes } = pending.cardAddress();
        const images = answer.imageIds.slice(0, fileLimit).map((id) => ({ id, description: '' }));
        const files = await imageFiles(engine, images, attachmentLimitBytes);
        return pending.files(files.map(rawFile));
      }
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

  return { form, reply };
}
