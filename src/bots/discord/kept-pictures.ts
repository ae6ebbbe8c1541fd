import { type APIMessage, ComponentType } from 'discord.js';
import type { CardToShow } from '../../chat/index.js';
import type { DiscordAddress } from './address.js';
import { cardMessage, type KeptFile } from './card-message.js';
import { isOpenToBot } from './card-route.js';
import type { DiscordApi, OutgoingMessage } from './discord-api.js';

/**
 * A card whose images are no longer stored, with the pictures that its message has: an edit drops
 * every file that it does not name. https://discord.com/developers/docs/resources/message#edit-message
 * @throws DiscordError
 */
export async function composeWithKeptPictures(
  { view }: Pick<CardToShow, 'view'>,
  address: DiscordAddress,
  api: Pick<DiscordApi, 'message'>,
): Promise<OutgoingMessage> {
  const { channelId, messageId } = address;
  if (messageId === null || !isOpenToBot(address)) return cardMessage(view, []);
  return cardMessage(view, [], { kept: picturesOf(await api.message(channelId, messageId)) });
}

/** Files that a component shows are not among the message's attachments: the component names them. */
function picturesOf({ components = [] }: APIMessage): KeptFile[] {
  const items = components.flatMap((component) =>
    component.type === ComponentType.MediaGallery ? component.items : [],
  );
  return items.flatMap(({ media, description }) =>
    media.attachment_id === undefined
      ? []
      : [{ id: media.attachment_id, name: fileName(media.url), description: description ?? '' }],
  );
}

/** An attachment's address ends in its name. */
function fileName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
}
