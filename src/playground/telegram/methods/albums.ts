import { randomInt } from 'node:crypto';
import { ApiError, badRequest } from '../api-error.js';
import { type MessageContent, renderMessage } from '../message-store.js';
import { isObject } from '../parameters.js';
import { makeCaption } from './captions.js';
import type { MethodCall, Methods } from './method.js';
import { readDestination } from './targets.js';
import { makeDocument, makePhoto, readMediaReference } from './uploads.js';

const maxItems = 10;

export const albumMethods: Methods = {
  async sendMediaGroup(call) {
    const { world, parameters } = call;
    const media = parameters.structure('media');
    if (!Array.isArray(media) || media.length === 0) {
      throw badRequest('there are no messages to send');
    }
    if (media.length > maxItems) throw badRequest('too many messages to send as an album');
    // The documentation asks for 2 to 10; the real server is kinder to one than it promises to be.
    if (media.length === 1) throw badRequest('media group must include 2-10 items');
    const items = media.map((item: unknown) => readInputMedia(call, item, 'sendMediaGroup'));
    const kinds = new Set(items.map(({ kind }) => kind));
    if (kinds.size > 1) throw badRequest("document can't be mixed with other media types");
    const destination = readDestination(call);
    const contents: MessageContent[] = [];
    for (const [index, item] of items.entries()) {
      contents.push(await item.make().catch((error) => refuseItem(error, index)));
    }
    world.limiter.spend(destination.room.id, destination.room.type !== 'private', contents.length);
    const mediaGroupId = newMediaGroupId();
    return contents.map((content) => {
      const message = world.messages.add({
        ...destination,
        from: world.bot.user,
        mediaGroupId,
        content,
      });
      world.events.emit('message', message);
      return renderMessage(message);
    });
  },
};

export function newMediaGroupId(): string {
  return `13${randomInt(10 ** 14)
    .toString()
    .padStart(15, '0')}`;
}

/** What the image processing refuses is told with its place in the album. */
function refuseItem(error: unknown, index: number): never {
  if (!(error instanceof ApiError)) throw error;
  const reason = error.description.replace('Bad Request: ', '');
  if (!/^[A-Z_]+$/.test(reason)) throw error;
  throw badRequest(`failed to send message #${index + 1} with the error message "${reason}"`);
}

export interface MediaToSend {
  readonly kind: 'photo' | 'document';
  /** Stores the file and gives the message's content. */
  make(): Promise<MessageContent>;
}

/** An InputMedia object; photos and documents are all that the playground takes. */
export function readInputMedia(
  { world, parameters }: MethodCall,
  item: unknown,
  method: string,
): MediaToSend {
  if (!isObject(item)) throw badRequest("can't parse InputMedia: expected an Object");
  const kind = item.type;
  if (kind !== 'photo' && kind !== 'document') {
    throw badRequest(`can't parse InputMedia: type "${kind}" can't be used in ${method}`);
  }
  const caption = makeCaption({
    caption: typeof item.caption === 'string' ? item.caption : undefined,
    parseMode: typeof item.parse_mode === 'string' ? item.parse_mode : undefined,
    entities: item.caption_entities,
    isAbove: item.show_caption_above_media === true,
  });
  const source = readMediaReference(world, parameters, item.media);
  const spoiler = item.has_spoiler === true && { has_media_spoiler: true as const };
  return {
    kind,
    make: async () =>
      kind === 'photo'
        ? { photo: await makePhoto(world, source), ...caption, ...spoiler }
        : { document: makeDocument(world, source), ...caption },
  };
}
