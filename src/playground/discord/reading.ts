import { embeddedAttachments } from './message-attachments.js';
import { isComponentsV2 } from './message-wire.js';
import type { Attachment, Message } from './records.js';
import { componentTypes } from './validation/component-shapes.js';
import { everyComponent } from './validation/components.js';

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

/** Attachments that a reader sees: under Components V2 those alone that a component shows. */
export function shownAttachments(
  message: Pick<Message, 'components' | 'embeds' | 'attachments' | 'flags'>,
): Attachment[] {
  return isComponentsV2(message) ? embeddedAttachments(message) : message.attachments;
}
