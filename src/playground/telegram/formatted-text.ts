import type { MessageEntity } from 'grammy/types';
import { badRequest } from './api-error.js';
import { detectEntities } from './entity-detection.js';
import { type FormattedText, parseHtml } from './html-markup.js';
import { isObject } from './parameters.js';

/**
 * What the server makes of a text: markup parsed, blank edges trimmed, entities found and ordered.
 * Markdown is refused, as the server refuses a style that it does not know: the bots here write
 * HTML.
 */
export function formatText(
  raw: string,
  parseMode: string | undefined,
  givenEntities: unknown,
): FormattedText {
  const cleaned = raw.replaceAll('\r', '');
  const marked = isHtml(parseMode)
    ? parseHtml(cleaned)
    : { text: cleaned, entities: readEntities(givenEntities) };
  const { text, entities } = trim(marked);
  const all = [...entities, ...detectEntities(text, entities)];
  all.sort((one, other) => one.offset - other.offset || other.length - one.length);
  return { text, entities: all };
}

function isHtml(parseMode: string | undefined): boolean {
  switch ((parseMode ?? '').toLowerCase()) {
    case '':
    case 'none':
      return false;
    case 'html':
      return true;
    default:
      throw badRequest('unsupported parse_mode');
  }
}

function readEntities(given: unknown): MessageEntity[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw badRequest("can't parse entities: expected an Array");
  return given.map((entity: unknown) => {
    if (!isObject(entity) || typeof entity.type !== 'string') {
      throw badRequest("can't parse entities: expected an Object with a type");
    }
    return entity as unknown as MessageEntity;
  });
}

/** Blanks at the end go, and those in front of the first word or entity. */
function trim({ text, entities }: FormattedText): FormattedText {
  const right = text.trimEnd();
  const firstEntity = Math.min(right.length, ...entities.map(({ offset }) => offset));
  const cut = Math.min(right.length - right.trimStart().length, firstEntity);
  const kept = entities.flatMap((entity) => {
    const end = Math.min(entity.offset + entity.length, right.length);
    const length = end - entity.offset;
    return length > 0 ? [{ ...entity, offset: entity.offset - cut, length }] : [];
  });
  return { text: right.slice(cut), entities: kept };
}
