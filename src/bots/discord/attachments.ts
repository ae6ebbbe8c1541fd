import { type Attachment, AttachmentError } from '../../chat/index.js';
import type { createFileHosts } from './file-hosts.js';
import { openPinned } from './pinned-connection.js';

export interface AttachmentSource {
  readonly hosts: ReturnType<typeof createFileHosts>;
}

/** What an attachment says of itself; what shows an image without being one says less. */
export interface FileLink {
  readonly url: string;
  readonly filename: string;
  readonly size: number | null;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
}

/** Milliseconds for a whole file. */
const fetchTimeoutMs = 30_000;

/** A file on Discord's servers. Its address is signed and expires within a day. */
export function discordAttachment(source: AttachmentSource, attachment: FileLink): Attachment {
  const { filename, size, width, height, url } = attachment;
  return {
    name: filename,
    byteLength: size,
    width: width ?? null,
    height: height ?? null,
    async fetch(maxBytes) {
      if (size !== null && size > maxBytes) throw new AttachmentError(filename, 'too-large');
      const addresses = await resolved(source, url, filename);
      if (!addresses) throw new AttachmentError(filename, 'foreign-host');
      return download(url, addresses, filename, maxBytes);
    },
  };
}

async function resolved(
  source: AttachmentSource,
  url: string,
  name: string,
): Promise<readonly string[] | undefined> {
  try {
    return await source.hosts.resolve(url);
  } catch (cause) {
    throw new AttachmentError(name, 'unavailable', cause);
  }
}

async function download(
  url: string,
  addresses: readonly string[],
  name: string,
  maxBytes: number,
): Promise<Uint8Array> {
  try {
    const response = await openPinned(url, addresses, AbortSignal.timeout(fetchTimeoutMs));
    // A redirect could lead anywhere, and Discord's file servers send none.
    if (response.statusCode !== 200) {
      response.destroy();
      throw new AttachmentError(name, 'unavailable', new Error(`status ${response.statusCode}`));
    }
    const chunks: Uint8Array[] = [];
    let byteLength = 0;
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
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
