import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock.js';
import { imageSizeOf } from './image-size.js';
import type { Attachment } from './records.js';
import type { Snowflakes } from './snowflakes.js';

export interface UploadedFile {
  name: string;
  contentType: string | undefined;
  bytes: Buffer;
}

export interface FileStore {
  add(file: UploadedFile, details: AttachmentDetails): Attachment;
  /** A signed address; it works for a day. */
  urlOf(attachment: Attachment): string;
  /** @returns undefined when the file is unknown, the signature wrong, or its time over. */
  open(url: URL): Attachment | undefined;
}

export interface AttachmentDetails {
  folderId: string;
  isEphemeral: boolean;
  filename?: string | undefined;
  title?: string | undefined;
  description?: string | undefined;
}

const linkLifeMs = 24 * 3_600_000;

/** Files of messages and of commands, served from the playground's own host. */
export function createFileStore(deps: {
  clock: Clock;
  snowflakes: Snowflakes;
  origin: () => string;
}): FileStore {
  const { clock, snowflakes, origin } = deps;
  const attachments = new Map<string, Attachment>();
  const secret = randomBytes(32);

  const pathOf = (attachment: Attachment): string => {
    const folder = attachment.isEphemeral ? 'ephemeral-attachments' : 'attachments';
    return `/${folder}/${attachment.folderId}/${attachment.id}/${attachment.filename}`;
  };
  const sign = (path: string, issued: string, expires: string): string =>
    createHmac('sha256', secret).update(`${path} ${issued} ${expires}`).digest('hex');

  return {
    add(file, details) {
      const size = imageSizeOf(file.bytes);
      const attachment: Attachment = {
        id: snowflakes.next(),
        folderId: details.folderId,
        filename: sanitizeFilename(details.filename ?? file.name),
        title: details.title,
        description: details.description,
        contentType: typeOf(file) ?? size?.contentType,
        bytes: file.bytes,
        width: size?.width,
        height: size?.height,
        isEphemeral: details.isEphemeral,
      };
      attachments.set(attachment.id, attachment);
      return attachment;
    },
    urlOf(attachment) {
      const path = pathOf(attachment);
      const issued = Math.floor(clock.now() / 1000).toString(16);
      const expires = Math.floor((clock.now() + linkLifeMs) / 1000).toString(16);
      return `${origin()}${path}?ex=${expires}&is=${issued}&hm=${sign(path, issued, expires)}&`;
    },
    open(url) {
      const attachment = attachments.get(url.pathname.split('/')[3] ?? '');
      if (!attachment || pathOf(attachment) !== decodeURIComponent(url.pathname)) return undefined;
      const issued = url.searchParams.get('is') ?? '';
      const expires = url.searchParams.get('ex') ?? '';
      const given = Buffer.from(url.searchParams.get('hm') ?? '');
      const wanted = Buffer.from(sign(pathOf(attachment), issued, expires));
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      return Number.parseInt(expires, 16) * 1000 >= clock.now() ? attachment : undefined;
    },
  };
}

function typeOf({ contentType }: UploadedFile): string | undefined {
  return contentType === 'application/octet-stream' ? undefined : contentType;
}

/** Discord puts `_` for white space and drops what is no letter, digit, dot, dash or underscore. */
function sanitizeFilename(name: string): string {
  const plain = name.replace(/\s+/g, '_').replace(/[^A-Za-z0-9._-]/g, '');
  return /[A-Za-z0-9]/.test(plain) ? plain : `file${plain}`;
}
