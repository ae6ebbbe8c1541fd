import { badRequest } from '../api-error.js';
import { formatText } from '../formatted-text.js';
import type { MessageContent } from '../message-store.js';

/** UTF-16 code units, after entities are parsed (core.telegram.org/bots/api#sendmessage). */
export const maxTextLength = 4096;
const maxCaptionLength = 1024;

export interface CaptionFields {
  readonly caption: string | undefined;
  readonly parseMode: string | undefined;
  readonly entities: unknown;
  readonly isAbove: boolean;
}

export function makeCaption(fields: CaptionFields): MessageContent {
  const { text, entities } = formatText(fields.caption ?? '', fields.parseMode, fields.entities);
  if (text.length > maxCaptionLength) throw badRequest('message caption is too long');
  return {
    ...(text !== '' && { caption: text }),
    ...(entities.length > 0 && { caption_entities: entities }),
    ...(text !== '' && fields.isAbove && { show_caption_above_media: true as const }),
  };
}
