import type { Message } from 'grammy/types';
import type { Form } from '../../chat/index.js';
import { placement, textOptions } from './send-options.js';
import { escapeHtml, shorten, withoutMentions } from './telegram-html.js';

/** Whom a form asks, and under which message. */
export interface FormPlace {
  readonly chatId: number;
  readonly threadId: number | null;
  readonly messageId: number | null;
  /** Of the button that was pressed. */
  readonly payload?: string;
  /** Who pressed the button; in a group the others are not asked. */
  readonly asked?: { readonly id: number; readonly name: string };
}

/** What stands in the field already is shown so that it can be copied; the rest of 4096 is ours. */
const maxValueLength = 3500;
const maxNameLength = 64;

/** The last line of a form's message says what its answer is for, so that it outlives a restart. */
const payloadMark = '↩';
const payloadLine = new RegExp(`(?:^|\\n)${payloadMark} (\\S{1,64})$`);

/**
 * A form as a message that Telegram asks its reader to answer
 * (core.telegram.org/bots/api#forcereply). One field is all that an answer fills in.
 */
export function formMessage(form: Form, place: FormPlace, answerThis: string) {
  const [field] = form.fields;
  const value = field?.kind === 'text' ? shorten(field.value ?? '', maxValueLength) : '';
  const { asked } = place;
  const isGroup = place.chatId < 0;
  const name = escapeHtml(shorten(asked?.name ?? '', maxNameLength));
  const whom = isGroup && asked ? `<a href="tg://user?id=${asked.id}">${name}</a> · ` : '';
  const lines = [
    `<b>${escapeHtml(form.title)}</b>`,
    ...(value ? [`<code>${escapeHtml(withoutMentions(value))}</code>`] : []),
    `${whom}${escapeHtml(answerThis)}`,
    `${payloadMark} ${escapeHtml(place.payload ?? '')}`,
  ];
  const options = {
    ...textOptions,
    ...placement(place.threadId, place.messageId),
    // A selective one is for who is mentioned, or was answered: here that is the bot itself.
    reply_markup: { force_reply: true as const, ...(whom ? { selective: true } : {}) },
  };
  return { html: lines.join('\n'), options };
}

/** The form that a message answers. Undefined: none. */
export function answeredForm(message: Message, botId: number): string | undefined {
  const { reply_to_message: replied } = message;
  if (replied?.from?.id !== botId || replied.text === undefined) return undefined;
  return payloadLine.exec(replied.text)?.[1];
}
