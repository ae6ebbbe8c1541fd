import { FormProblems, refusal } from './errors.js';
import type { UploadedFile } from './files.js';
import type { Attachment, Channel, Component, Message } from './records.js';
import { messageFlags } from './records.js';
import { everyComponent } from './validation/components.js';
import type { MessageBody } from './validation/message-body.js';
import type { World } from './world.js';

type Json = Record<string, unknown>;

/** The files of a request by their number: `files[3]` is 3. */
export type NumberedFiles = ReadonlyMap<number, UploadedFile>;

const maxAttachments = 10;

export interface FileRules {
  sizeLimit: number;
  isEphemeral: boolean;
  channel: Channel;
}

/**
 * The attachments of a message after this request: kept ones that it lists, then its new files.
 * @throws DiscordError 413/40005 for a file over the limit, 400/30015 for more than ten in all
 */
export function attachmentsAfter(
  world: World,
  before: readonly Attachment[],
  listed: MessageBody['attachments'],
  files: NumberedFiles,
  rules: FileRules,
): Attachment[] {
  checkFiles(files, rules.sizeLimit);
  const problems = new FormProblems();
  const descriptions = new Map((listed ?? []).map((entry) => [entry.id, entry]));
  const kept = listed ? before.filter((attachment) => descriptions.has(attachment.id)) : before;
  const known = new Set([...kept.map(({ id }) => id), ...[...files.keys()].map(String)]);
  (listed ?? []).forEach((entry, index) => {
    if (known.has(entry.id)) return;
    const message = `No file and no attachment has the id ${entry.id}`;
    problems.add(['attachments', index, 'id'], 'ATTACHMENT_NOT_FOUND', message);
  });
  for (const number of listed ? files.keys() : []) {
    if (descriptions.has(String(number))) continue;
    problems.add(['attachments'], 'ATTACHMENT_NOT_LISTED', `files[${number}] is not listed`);
  }
  problems.throwIfAny();
  if (kept.length + files.size > maxAttachments) throw refusal('tooManyAttachments');
  const added = [...files].map(([number, file]) => {
    const details = descriptions.get(String(number));
    return world.files.add(file, {
      folderId: rules.isEphemeral ? world.bot.id : rules.channel.id,
      isEphemeral: rules.isEphemeral,
      filename: details?.filename ?? undefined,
      title: details?.title ?? undefined,
      description: details?.description ?? undefined,
    });
  });
  return [...kept, ...added];
}

function checkFiles(files: NumberedFiles, sizeLimit: number): void {
  if (files.size > maxAttachments) throw refusal('tooManyAttachments');
  for (const file of files.values()) {
    if (file.bytes.length > sizeLimit) throw refusal('entityTooLarge');
  }
}

/**
 * Components as Discord returns them: each with an id, media resolved to addresses.
 * @throws DiscordError 400/50035 for `attachment://` names that the message does not have
 */
export function resolveComponents(
  world: World,
  components: readonly Json[],
  attachments: readonly Attachment[],
): Component[] {
  const copy = structuredClone(components) as Component[];
  const problems = new FormProblems();
  const placed = everyComponent(copy, ['components']);
  const taken = new Set(placed.map(({ component }) => component.id).filter(Boolean));
  let nextId = 1;
  const media = (entry: Json, key: string, path: readonly (string | number)[]) => {
    const given = (entry[key] as { url: string }).url;
    const resolved = resolveMedia(world, given, attachments);
    if (resolved) entry[key] = resolved;
    else {
      const message = `The attachment that "${given}" refers to was not uploaded`;
      const code = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND';
      problems.add([...path, key, 'url'], code, message);
    }
  };
  for (const { component, path } of placed) {
    if (!component.id) {
      while (taken.has(nextId)) nextId += 1;
      taken.add(nextId);
      component.id = nextId;
    }
    if (component.media) media(component, 'media', path);
    if (component.file) media(component, 'file', path);
    ((component.items ?? []) as Json[]).forEach((item, index) => {
      media(item, 'media', [...path, 'items', index]);
      fillDefaults(item, { description: null, spoiler: false });
    });
    completeComponent(component);
  }
  problems.throwIfAny();
  return copy;
}

function resolveMedia(
  world: World,
  url: string,
  attachments: readonly Attachment[],
): Json | undefined {
  if (!url.startsWith('attachment://')) {
    const id = world.snowflakes.next();
    return { id, url, proxy_url: url, width: null, height: null, content_type: null };
  }
  const name = url.slice('attachment://'.length);
  const attachment = attachments.find((each) => each.filename === name);
  if (!attachment) return undefined;
  const address = world.files.urlOf(attachment);
  return {
    id: attachment.id,
    url: address,
    proxy_url: address,
    width: attachment.width ?? null,
    height: attachment.height ?? null,
    content_type: attachment.contentType ?? null,
    attachment_id: attachment.id,
  };
}

/** What Discord's answer always has, where a bot may leave it out. */
const defaultsByType: Record<number, Json> = {
  3: { min_values: 1, max_values: 1 },
  5: { min_values: 1, max_values: 1 },
  6: { min_values: 1, max_values: 1 },
  7: { min_values: 1, max_values: 1 },
  8: { min_values: 1, max_values: 1 },
  11: { description: null, spoiler: false },
  13: { name: null, size: null, spoiler: false },
  14: { spacing: 1, divider: true },
  17: { accent_color: null, spoiler: false },
};

function completeComponent(component: Json): void {
  fillDefaults(component, defaultsByType[Number(component.type)] ?? {});
  const isNullable = (key: string) => key === 'accent_color' || key === 'description';
  for (const [key, value] of Object.entries(component)) {
    if (value === undefined || (value === null && !isNullable(key) && component.type !== 13)) {
      delete component[key];
    }
  }
}

function fillDefaults(target: Json, defaults: Json): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}

/** @throws DiscordError 400/50006 when nothing would be left to see */
export function refuseEmpty(
  message: Pick<Message, 'content' | 'embeds' | 'components' | 'attachments' | 'flags'>,
): void {
  const isV2 = (message.flags & messageFlags.IsComponentsV2) !== 0;
  const parts = [message.embeds, message.components, message.attachments];
  const hasParts = isV2 ? message.components.length > 0 : parts.some((part) => part.length > 0);
  if (message.content.trim() === '' && !hasParts) throw refusal('emptyMessage');
}
