import type { APIMessage } from 'discord.js';
import type { FileLink } from './attachments.js';

type Fields = Partial<Pick<APIMessage, 'attachments' | 'embeds' | 'components'>>;

/**
 * Images of a message, in order and each once: its files, those that it forwards or shows as
 * components, and previews of links, these from Discord's own hosts alone.
 */
export function messageImages(
  message: Pick<APIMessage, 'author' | 'application_id' | 'message_snapshots'> & Fields,
  isOwnHost: (url: string) => boolean,
): FileLink[] {
  const parts: Fields[] = [
    message,
    ...(message.message_snapshots ?? []).map((snapshot) => snapshot.message as Fields),
  ];
  const found = new Map<string, FileLink>();
  for (const link of parts.flatMap((part) => [...filesOf(part), ...previewsOf(part, isOwnHost)])) {
    const key = link.url.replace(/\?.*$/, '');
    if (!found.has(key)) found.set(key, link);
  }
  const links = [...found.values()];
  const originals = links.filter(({ filename }) => !isGrid(filename));
  // Easel's own grid shows what its other images show.
  return message.application_id !== undefined && originals.length > 1 ? originals : links;
}

function isGrid(filename: string): boolean {
  return /^grid\.[a-z]+$/.test(filename);
}

function filesOf({ attachments = [], components = [] }: Fields): FileLink[] {
  const files = attachments.filter(({ content_type, filename }) =>
    content_type ? content_type.startsWith('image/') : hasImageName(filename),
  );
  return [...files, ...mediaOf(components)];
}

function hasImageName(filename: string): boolean {
  return /\.(png|jpe?g|webp|gif|avif|tiff?|bmp|heic)$/i.test(filename);
}

interface Media {
  readonly url?: unknown;
  readonly content_type?: unknown;
  readonly width?: number | null;
  readonly height?: number | null;
}

/** Galleries, thumbnails and files stand at any depth; each has its `media` or `file`. */
function mediaOf(value: unknown): FileLink[] {
  if (Array.isArray(value)) return value.flatMap(mediaOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'media' || key === 'file' ? linkOf(inner as Media) : mediaOf(inner),
  );
}

function linkOf({ url, content_type, width, height }: Media): FileLink[] {
  if (typeof url !== 'string' || !URL.canParse(url)) return [];
  const filename = nameIn(url);
  const isImage =
    typeof content_type === 'string' ? content_type.startsWith('image/') : hasImageName(filename);
  return isImage ? [{ url, filename, size: null, width, height }] : [];
}

function previewsOf({ embeds = [] }: Fields, isOwnHost: (url: string) => boolean): FileLink[] {
  return embeds
    .flatMap(({ image, thumbnail }) => image ?? thumbnail ?? [])
    .flatMap(({ url, proxy_url, width, height }) => {
      const own = [url, proxy_url].find((each) => each !== undefined && isOwnHost(each));
      return own === undefined
        ? []
        : [{ url: own, filename: nameIn(own), size: null, width, height }];
    });
}

function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    // What is no valid encoding is a name as it stands.
    return last;
  }
}
