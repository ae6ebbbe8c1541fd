import type { Attachment, Message } from './records.js';
import { componentTypes } from './validation/component-shapes.js';
import { everyComponent } from './validation/components.js';
import { isComponentsV2 } from './wire.js';

export { textOf } from './mentions.js';

export interface Button {
  customId: string | undefined;
  label: string | undefined;
  emoji: string | undefined;
  isDisabled: boolean;
}

/** The buttons of a message in reading order. */
export function buttonsOf(message: Pick<Message, 'components'>): Button[] {
  return everyComponent(message.components, [])
    .map(({ component }) => component)
    .filter((component) => component.type === componentTypes.button)
    .map((component) => ({
      customId: component.custom_id as string | undefined,
      label: component.label as string | undefined,
      emoji: (component.emoji as { name?: string } | undefined)?.name,
      isDisabled: component.disabled === true,
    }));
}

/** Attachments that a reader sees: under Components V2, those that a component shows. */
export function shownAttachments(
  message: Pick<Message, 'components' | 'attachments' | 'flags'>,
): Attachment[] {
  if (!isComponentsV2(message)) return message.attachments;
  const written = JSON.stringify(message.components);
  const shown = [...written.matchAll(/"attachment_id":"(\d+)"/g)].map((match) => match[1]);
  return shown.flatMap((id) => message.attachments.filter((attachment) => attachment.id === id));
}
