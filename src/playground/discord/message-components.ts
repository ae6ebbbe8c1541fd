import { FormProblems } from './errors.js';
import type { Attachment, Component } from './records.js';
import { componentTypes as types } from './validation/component-shapes.js';
import { everyComponent } from './validation/components.js';
import type { Embeds } from './validation/embeds.js';
import type { World } from './world.js';

type Json = Record<string, unknown>;

const scheme = 'attachment://';

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
    if (component.type === types.file) nameFile(component, attachments);
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
  const attachment = attachmentAt(world, url, attachments);
  if (!attachment) {
    if (url.startsWith(scheme)) return undefined;
    const id = world.snowflakes.next();
    return { id, url, proxy_url: url, width: null, height: null, content_type: null };
  }
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

/** By its name as `attachment://`, or by the address that an earlier answer gave it. */
function attachmentAt(world: World, url: string, attachments: readonly Attachment[]) {
  if (url.startsWith(scheme)) {
    return attachments.find(({ filename }) => filename === url.slice(scheme.length));
  }
  if (!url.startsWith(world.origin)) return undefined;
  return attachments.find(({ id }) => url.includes(`/${id}/`));
}

/**
 * Embeds as Discord returns them.
 * @throws DiscordError 400/50035 for `attachment://` names that the message does not have
 */
export function resolveEmbeds(
  world: World,
  embeds: Embeds,
  attachments: readonly Attachment[],
): Json[] {
  const problems = new FormProblems();
  const resolved = embeds.map((embed, index) => {
    const address = (url: string | null | undefined, path: readonly (string | number)[]) => {
      if (!url?.startsWith(scheme)) return url;
      const attachment = attachmentAt(world, url, attachments);
      if (attachment) return world.files.urlOf(attachment);
      const message = `The attachment that "${url}" refers to was not uploaded`;
      problems.add(['embeds', index, ...path], 'EMBED_ATTACHMENT_NOT_FOUND', message);
      return url;
    };
    const picture = (key: 'image' | 'thumbnail') =>
      embed[key] ? { [key]: { ...embed[key], url: address(embed[key].url, [key, 'url']) } } : {};
    const icon = (key: 'author' | 'footer') =>
      embed[key]
        ? { [key]: { ...embed[key], icon_url: address(embed[key].icon_url, [key, 'icon_url']) } }
        : {};
    const shown = {
      ...embed,
      ...picture('image'),
      ...picture('thumbnail'),
      ...icon('author'),
      ...icon('footer'),
      type: 'rich',
    };
    return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null));
  });
  problems.throwIfAny();
  return resolved;
}

/** What Discord's answer always has, where a bot may leave it out. */
const defaultsByType: Record<number, Json> = {
  [types.stringSelect]: { min_values: 1, max_values: 1 },
  [types.userSelect]: { min_values: 1, max_values: 1 },
  [types.roleSelect]: { min_values: 1, max_values: 1 },
  [types.mentionableSelect]: { min_values: 1, max_values: 1 },
  [types.channelSelect]: { min_values: 1, max_values: 1 },
  [types.thumbnail]: { description: null, spoiler: false },
  [types.file]: { spoiler: false },
  [types.separator]: { spacing: 1, divider: true },
  [types.container]: { accent_color: null, spoiler: false },
};

function completeComponent(component: Json): void {
  fillDefaults(component, defaultsByType[Number(component.type)] ?? {});
  const isNullable = (key: string) => key === 'accent_color' || key === 'description';
  for (const [key, value] of Object.entries(component)) {
    if (value === undefined || (value === null && !isNullable(key))) {
      delete component[key];
    }
  }
}

function nameFile(component: Json, attachments: readonly Attachment[]): void {
  const { attachment_id: id } = component.file as { attachment_id?: string };
  const attachment = attachments.find((each) => each.id === id);
  component.name = attachment?.filename ?? null;
  component.size = attachment?.bytes.length ?? null;
}

function fillDefaults(target: Json, defaults: Json): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}
