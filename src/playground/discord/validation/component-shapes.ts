import { z } from 'zod';
import { snowflake, strict, text } from './shape.js';

/**
 * Components as a bot sends them.
 * https://discord.com/developers/docs/components/reference
 */
export const componentTypes = {
  actionRow: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  roleSelect: 6,
  mentionableSelect: 7,
  channelSelect: 8,
  section: 9,
  textDisplay: 10,
  thumbnail: 11,
  mediaGallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radioGroup: 21,
  checkboxGroup: 22,
  checkbox: 23,
} as const;

const id = z.int().min(0).nullish();
const customId = text(1, 100);
const flag = z.boolean().nullish();
const count = (min: number, max: number) => z.int().min(min).max(max).nullish();

const emoji = strict({
  id: snowflake.nullish(),
  name: z.string().max(32).nullish(),
  animated: flag,
});

const media = strict({ url: text(1, 2048) });

const button = strict({
  type: z.literal(componentTypes.button),
  id,
  style: z.int().min(1).max(6),
  custom_id: customId.nullish(),
  label: z.string().max(80).nullish(),
  emoji: emoji.nullish(),
  url: z.url().max(512).nullish(),
  sku_id: snowflake.nullish(),
  disabled: flag,
});

const selectOption = strict({
  label: text(1, 100),
  value: text(1, 100),
  description: z.string().max(100).nullish(),
  emoji: emoji.nullish(),
  default: flag,
});

const selectBasics = {
  id,
  custom_id: customId,
  placeholder: z.string().max(150).nullish(),
  min_values: count(0, 25),
  max_values: count(1, 25),
  disabled: flag,
  required: flag,
};

const stringSelect = strict({
  type: z.literal(componentTypes.stringSelect),
  ...selectBasics,
  options: z.array(selectOption).min(1).max(25),
});

const defaultValues = z
  .array(strict({ id: snowflake, type: z.enum(['user', 'role', 'channel']) }))
  .max(25)
  .nullish();

const entitySelects = [
  componentTypes.userSelect,
  componentTypes.roleSelect,
  componentTypes.mentionableSelect,
].map((type) => strict({ type: z.literal(type), ...selectBasics, default_values: defaultValues }));

const channelSelect = strict({
  type: z.literal(componentTypes.channelSelect),
  ...selectBasics,
  default_values: defaultValues,
  channel_types: z.array(z.int()).nullish(),
});

const textDisplay = strict({
  type: z.literal(componentTypes.textDisplay),
  id,
  content: text(1, 4000),
});

const thumbnail = strict({
  type: z.literal(componentTypes.thumbnail),
  id,
  media,
  description: text(1, 1024).nullish(),
  spoiler: flag,
});

const actionRow = strict({
  type: z.literal(componentTypes.actionRow),
  id,
  components: z
    .array(z.discriminatedUnion('type', [button, stringSelect, ...entitySelects, channelSelect]))
    .min(1)
    .max(5),
});

const section = strict({
  type: z.literal(componentTypes.section),
  id,
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.discriminatedUnion('type', [button, thumbnail]),
});

const mediaGallery = strict({
  type: z.literal(componentTypes.mediaGallery),
  id,
  items: z
    .array(strict({ media, description: text(1, 1024).nullish(), spoiler: flag }))
    .min(1)
    .max(10),
});

const file = strict({
  type: z.literal(componentTypes.file),
  id,
  file: strict({ url: z.string().regex(/^attachment:\/\//, 'Must be an attachment:// reference') }),
  spoiler: flag,
});

const separator = strict({
  type: z.literal(componentTypes.separator),
  id,
  divider: flag,
  spacing: z.union([z.literal(1), z.literal(2)]).nullish(),
});

const containerItems = [actionRow, section, textDisplay, mediaGallery, file, separator] as const;

const container = strict({
  type: z.literal(componentTypes.container),
  id,
  accent_color: z.int().min(0).max(0xffffff).nullish(),
  spoiler: flag,
  components: z.array(z.discriminatedUnion('type', containerItems)).min(1).max(40),
});

export const messageComponents = z
  .array(z.discriminatedUnion('type', [...containerItems, container]))
  .max(40);

const textInput = strict({
  type: z.literal(componentTypes.textInput),
  id,
  custom_id: customId,
  style: z.union([z.literal(1), z.literal(2)]),
  label: text(1, 45).nullish(),
  value: z.string().max(4000).nullish(),
  placeholder: z.string().max(100).nullish(),
  required: flag,
  min_length: count(0, 4000),
  max_length: count(1, 4000),
});

const fileUpload = strict({
  type: z.literal(componentTypes.fileUpload),
  id,
  custom_id: customId,
  min_values: count(0, 10),
  max_values: count(1, 10),
  required: flag,
  file_types: z.array(z.string()).max(10).nullish(),
});

const choice = strict({
  value: text(1, 100),
  label: text(1, 100),
  description: z.string().max(100).nullish(),
  default: flag,
});

const radioGroup = strict({
  type: z.literal(componentTypes.radioGroup),
  id,
  custom_id: customId,
  required: flag,
  options: z.array(choice).min(2).max(10),
});

const checkboxGroup = strict({
  type: z.literal(componentTypes.checkboxGroup),
  id,
  custom_id: customId,
  min_values: count(0, 10),
  max_values: count(1, 10),
  required: flag,
  options: z.array(choice).min(1).max(10),
});

const checkbox = strict({
  type: z.literal(componentTypes.checkbox),
  id,
  custom_id: customId,
  default: flag,
});

const label = strict({
  type: z.literal(componentTypes.label),
  id,
  label: text(1, 45),
  description: text(1, 100).nullish(),
  component: z.discriminatedUnion('type', [
    textInput,
    stringSelect,
    ...entitySelects,
    channelSelect,
    fileUpload,
    radioGroup,
    checkboxGroup,
    checkbox,
  ]),
});

const textInputRow = strict({
  type: z.literal(componentTypes.actionRow),
  id,
  components: z.array(textInput).length(1),
});

/** A modal shows one to five components. */
export const modal = strict({
  custom_id: customId,
  title: text(1, 45),
  components: z
    .array(z.discriminatedUnion('type', [label, textDisplay, textInputRow]))
    .min(1)
    .max(5),
});

export type MessageComponents = z.output<typeof messageComponents>;
