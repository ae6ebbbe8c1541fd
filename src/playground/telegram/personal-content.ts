import { formatText } from './formatted-text.js';
import type { MessageContent } from './message-store.js';
import { makeCaption } from './methods/captions.js';
import { storeDocument } from './methods/uploads.js';
import { storePersonalPhoto } from './photo-sizes.js';
import type { World } from './world.js';

/** What one message of a person holds: a text, a photo, or a document. */
export interface PersonalContent {
  readonly text?: string;
  readonly photo?: Uint8Array;
  readonly document?: { readonly name: string; readonly bytes: Uint8Array };
  readonly caption?: string;
}

const maxTextLength = 4096;

export async function makePersonalContent(
  world: World,
  { text, photo, document, caption }: PersonalContent,
): Promise<MessageContent> {
  if (text !== undefined) return makePersonalText(text);
  const captionFields = makePersonalCaption(caption);
  if (photo) {
    return { photo: await storePersonalPhoto(Buffer.from(photo), world.files), ...captionFields };
  }
  if (!document) throw new Error('a message needs a text, a photo or a document');
  const bytes = Buffer.from(document.bytes);
  return { document: storeDocument(world, document.name, bytes), ...captionFields };
}

export function makePersonalText(raw: string): MessageContent {
  const { text, entities } = formatText(raw, undefined, undefined);
  if (text === '' || text.length > maxTextLength) {
    throw new Error(`an app sends texts of 1 to ${maxTextLength} characters, not ${text.length}`);
  }
  return { text, ...(entities.length > 0 && { entities }) };
}

export function makePersonalCaption(caption: string | undefined): MessageContent {
  return makeCaption({ caption, parseMode: undefined, entities: undefined, isAbove: false });
}
