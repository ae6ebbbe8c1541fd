import { type APIMessage, ComponentType } from 'discord.js';
import type { DiscordAddress } from './address.js';
import { imageIdOf, isPreview } from './card-files.js';
import type { KeptFile } from './card-message.js';
import { isOpenToBot } from './card-route.js';
import type { DiscordApi } from './discord-api.js';

/** A finished image's file that a card's message has already. */
export type KeptPicture = KeptFile & { readonly imageId: string | undefined };

/**
 * The finished pictures that a card's message has: an edit drops every file that it does not name.
 * What the message says is also right where a process ended before it recorded what it had sent.
 * https://discord.com/developers/docs/resources/message#edit-message
 * @throws DiscordError
 */
export async function readKeptPictures(
  address: DiscordAddress,
  api: Pick<DiscordApi, 'message'>,
): Promise<KeptPicture[]> {
  const { channelId, messageId } = address;
  if (messageId === null || !isOpenToBot(address)) return [];
  return picturesOf(await api.message(channelId, messageId));
}

/** Files that a component shows are not among the message's attachments: the component names them. */
function picturesOf({ components = [] }: APIMessage): KeptPicture[] {
  const items = components.flatMap((component) =>
    component.type === ComponentType.MediaGallery ? component.items : [],
  );
  return items.flatMap(({ media, description }) => {
    const name = fileName(media.url);
    if (media.attachment_id === undefined || isPreview(name)) return [];
    const imageId = imageIdOf(name);
    return [{ id: media.attachment_id, name, description: description ?? '', imageId }];
  });
}

/** An attachment's address ends in its name. */
function fileName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
}
