/** Words as Telegram's HTML, without a preview of what they may link to. */
export const textOptions = {
  parse_mode: 'HTML',
  link_preview_options: { is_disabled: true },
} as const;

/** In which topic, and under which message; a message that is gone by now is no hindrance. */
export function placement(threadId: number | null, replyTo: number | null) {
  return {
    ...(threadId === null ? {} : { message_thread_id: threadId }),
    ...(replyTo === null
      ? {}
      : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  };
}
