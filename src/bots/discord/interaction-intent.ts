import { InteractionType } from 'discord.js';
import type { Intent } from '../../chat/index.js';
import type { Inbox } from '../../engine/index.js';
import { type AttachmentSource, discordAttachment } from './attachments.js';
import {
  type AskingInteraction,
  type DirectInteraction,
  type FileAccess,
  identityOf,
  intentOf,
} from './interaction.js';
import { answersOf, askingInteractionId } from './modal.js';

export interface IntentReaderDependencies {
  readonly inbox: Pick<Inbox, 'closeKeeping' | 'kept'>;
  readonly attachments: AttachmentSource;
}

/** What interactions ask for. A modal's answers belong to the interaction that brought it up. */
export function createIntentReader({ inbox, attachments }: IntentReaderDependencies) {
  const files: FileAccess = {
    attachment: (link) => discordAttachment(attachments, link),
    isOwnHost: attachments.hosts.lists,
  };
  return {
    /**
     * Undefined for a modal whose interaction nobody remembers.
     * @throws RecordUnavailableError
     */
    async read(interaction: AskingInteraction): Promise<Intent | undefined> {
      if (interaction.type !== InteractionType.ModalSubmit) return intentOf(interaction, files);
      const askedBy = askingInteractionId(interaction);
      if (askedBy === undefined) return undefined;
      const asking = (await inbox.kept('discord', askedBy)) as DirectInteraction | undefined;
      if (asking === undefined) return undefined;
      const isSamePerson =
        identityOf(asking).platformUserId === identityOf(interaction).platformUserId;
      if (!isSamePerson) return undefined;
      const intent = intentOf(asking, files);
      return { ...intent, answers: answersOf(interaction, files.attachment) };
    },

    /** Once a modal stands: its answers may come as long as a day later. */
    remember(interaction: AskingInteraction): Promise<void> {
      return inbox.closeKeeping('discord', interaction.id, { ...interaction, token: '' });
    },
  };
}
