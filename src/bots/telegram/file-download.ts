import type { Api } from 'grammy';
import { type Attachment, AttachmentError } from '../../chat/index.js';
import type { FileSource } from './message-translation.js';
import { networkError, telegramFailureOf } from './telegram-errors.js';

export interface FileDownloadDeps {
  readonly api: Api;
  readonly token: string;
  /** Without a slash at its end. Files are fetched from here and from nowhere else. */
  readonly apiRoot: string;
  readonly fetch: typeof globalThis.fetch;
}

const timeoutMs = 60_000;

/** A file of a message as an attachment, fetched when the chat layer wants it. */
export function fileAttachment(deps: FileDownloadDeps, source: FileSource): Attachment {
  const { name, byteLength, width, height } = source;
  return {
    name,
    byteLength,
    width,
    height,
    async fetch(maxBytes) {
      if (byteLength !== null && byteLength > maxBytes) {
        throw new AttachmentError(name, 'too-large');
      }
      return download(deps, name, await locate(deps, source), maxBytes);
    },
  };
}

/** Where the file lies for the next hour (core.telegram.org/bots/api#getfile). */
async function locate({ api, token, apiRoot }: FileDownloadDeps, source: FileSource): Promise<URL> {
  const file = await api.getFile(source.fileId).catch((error: unknown) => {
    const isTooBig = telegramFailureOf(error)?.kind === 'file-too-big';
    throw new AttachmentError(source.name, isTooBig ? 'beyond-platform' : 'unavailable', error);
  });
  const path = file.file_path?.split('/').map(encodeURIComponent).join('/');
  const folder = `${apiRoot}/file/bot${token}/`;
  const url = path === undefined ? undefined : new URL(`${folder}${path}`);
  if (!url?.href.startsWith(new URL(folder).href)) {
    throw new AttachmentError(source.name, 'foreign-host');
  }
  return url;
}

async function download(
  deps: FileDownloadDeps,
  name: string,
  url: URL,
  maxBytes: number,
): Promise<Uint8Array> {
  // Causes are told without their messages, as those may hold the address, and so the token.
  const failed = (cause: unknown) =>
    new AttachmentError(name, 'unavailable', networkError('file download', url.host, cause));
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await deps.fetch(url, { redirect: 'manual', signal }).catch((cause: unknown) => {
    throw failed(cause);
  });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    const isRedirect = response.status >= 300 && response.status < 400;
    throw new AttachmentError(
      name,
      isRedirect ? 'foreign-host' : 'unavailable',
      new Error(`${url.host} answered ${response.status}`),
    );
  }
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await response.body.cancel();
    throw new AttachmentError(name, 'too-large');
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of response.body) {
      total += chunk.byteLength;
      if (total > maxBytes) throw new AttachmentError(name, 'too-large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof AttachmentError ? error : failed(error);
  }
  return Buffer.concat(chunks, total);
}
