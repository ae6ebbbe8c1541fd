import {
  type APIAttachment,
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmitInteraction,
  ComponentType,
  type ModalSubmitComponent,
  TextInputStyle,
} from 'discord.js';
import type { Attachment, Form, FormAnswers, FormField } from '../../chat/index.js';

/** Characters: https://discord.com/developers/docs/components/reference */
const labelLimit = 45;
const descriptionLimit = 100;
const valueLimit = 4000;

const customIdPattern = /^e1\.form\.(\d{1,20})$/;

/**
 * A form as a modal. It carries the id of the interaction that asked for it, as Discord sends nothing
 * of that one along with what was filled in.
 * https://discord.com/developers/docs/interactions/receiving-and-responding
 */
export function modalOf(
  { title, fields }: Form,
  interactionId: string,
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `e1.form.${interactionId}`,
    title: title.slice(0, labelLimit),
    components: fields.map((field) => ({
      type: ComponentType.Label,
      label: field.label.slice(0, labelLimit),
      ...(field.description ? { description: field.description.slice(0, descriptionLimit) } : {}),
      component: fieldComponent(field),
    })),
  };
}

function fieldComponent(field: FormField) {
  const { name: custom_id, required } = field;
  if (field.kind === 'files') {
    const { maxFiles: max_values } = field;
    const min_values = required ? 1 : 0;
    return { type: ComponentType.FileUpload, custom_id, min_values, max_values, required } as const;
  }
  const maxLength = Math.min(field.maxCharacters, valueLimit);
  const { value } = field;
  return {
    type: ComponentType.TextInput,
    custom_id,
    style: field.isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required,
    max_length: maxLength,
    ...(value ? { value: value.slice(0, maxLength) } : {}),
  } as const;
}

/** The interaction that asked for the modal; undefined for a modal that Easel did not show. */
export function askingInteractionId({ data }: APIModalSubmitInteraction): string | undefined {
  return customIdPattern.exec(data.custom_id)?.[1];
}

export function answersOf(
  { data }: APIModalSubmitInteraction,
  toAttachment: (attachment: APIAttachment) => Attachment,
): FormAnswers {
  const files = data.resolved?.attachments ?? {};
  const answers: Record<string, string | Attachment[]> = {};
  for (const field of filledFields(data.components)) {
    if (field.type === ComponentType.TextInput) answers[field.custom_id] = field.value.trim();
    if (field.type === ComponentType.FileUpload) {
      answers[field.custom_id] = field.values.flatMap((id) => {
        const attachment = files[id];
        return attachment ? [toAttachment(attachment)] : [];
      });
    }
  }
  return answers;
}

function filledFields(
  components: APIModalSubmitInteraction['data']['components'],
): ModalSubmitComponent[] {
  return components.flatMap((component) => {
    if ('component' in component) return [component.component];
    return 'components' in component ? component.components : [];
  });
}
