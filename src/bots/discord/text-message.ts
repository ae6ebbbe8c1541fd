import { ComponentType, MessageFlags } from 'discord.js';
import type { OutgoingMessage } from './discord-api.js';
import { plainText, shortened } from './plain-text.js';

/** Characters of a message's content, and of the text displays that may stand in its place. */
const contentLimit = 2000;
const textDisplayLimit = 4000;

export interface TextMessageOptions {
  readonly private: boolean;
  /** It may take the place of components, which Discord lets nothing but components do. */
  readonly inComponents?: boolean;
}

/** A reply in plain words. Long ones take the form that has room for them. */
export function textMessage(text: string, options: TextMessageOptions): OutgoingMessage {
  const ephemeral = options.private ? MessageFlags.Ephemeral : 0;
  const content = shortened(text, textDisplayLimit, plainText);
  const allowed_mentions = { parse: [] };
  const body =
    content.length <= contentLimit && !options.inComponents
      ? { content, flags: ephemeral, allowed_mentions }
      : {
          components: [{ type: ComponentType.TextDisplay, content }],
          flags: ephemeral | MessageFlags.IsComponentsV2,
          allowed_mentions,
        };
  return { body, files: [] };
}
