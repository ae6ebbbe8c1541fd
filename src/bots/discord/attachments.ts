import type { APIAttachment } from 'discord.js';
import { type Attachment, AttachmentError } from '../../chat/index.js';
import type { createFileHosts } from './file-hosts.js';

export interface AttachmentSource {
  readonly fetch: typeof globalThis.fetch;
  readonly hosts: ReturnType<typeof createFileHosts>;
}

/** Milliseconds for a whole file. */
const fetchTimeoutMs = 30_000;

/** A file on Discord's servers. Its address is signed and expires within a day. */
export function discordAttachment(source: AttachmentSource, attachment: APIAttachment): Attachment {
  const { filename, size, width, height, url } = attachment;
  return {
    name: filename,
    byteLength: size,
    width: width ?? null,
    height: height ?? null,
    async fetch(maxBytes) {
      if (size > maxBytes) throw new AttachmentError(filename, 'too-large');
      if (!(await admitted(source, url, filename))) {
        throw new AttachmentError(filename, 'foreign-host');
      }
      return download(source.fetch, url, filename, maxBytes);
    },
  };
}

async function admitted(source: AttachmentSource, url: string, name: string): Promise<boolean> {
  try {
    return await source.hosts.admits(url);
  } catch (cause) {
    throw new AttachmentError(name, 'unavailable', cause);
  }
}

async function download(
  fetch: typeof globalThis.fetch,
  url: string,
  name: string,
  maxBytes: number,
): Promise<Uint8Array> {
  try {
    // A redirect could lead anywhere, and Discord's file servers send none.
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(fetchTimeoutMs),
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new AttachmentError(name, 'unavailable', new Error(`status ${response.status}`));
    }
    const chunks: Uint8Array[] = [];
    let byteLength = 0;
    for await (const chunk of response.body) {
      byteLength += chunk.byteLength;
      if (byteLength > maxBytes) throw new AttachmentError(name, 'too-large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof AttachmentError) throw error;
    throw new AttachmentError(name, 'unavailable', error);
  }
}
