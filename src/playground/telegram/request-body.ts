import type { IncomingMessage } from 'node:http';
import { badRequest, requestTooLarge } from './api-error.js';
import { MultipartError, type MultipartPart, parseMultipart } from './multipart.js';

/** Telegram takes files up to 50 MB; a form around ten of them is never needed. */
const maxBodyBytes = 64 * 1024 * 1024;

export interface UploadedFile {
  readonly name: string;
  readonly mediaType?: string;
  readonly bytes: Buffer;
}

/** What a request said, before anybody looked at the meaning. */
export interface RequestContent {
  readonly encoding: 'json' | 'urlencoded' | 'multipart' | 'query';
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By the name of their form part. */
  readonly files: ReadonlyMap<string, UploadedFile>;
}

/** Reads the query and the body of a request in any of the four ways that the Bot API takes. */
export async function readRequest(request: IncomingMessage, url: URL): Promise<RequestContent> {
  const query = Object.fromEntries(url.searchParams);
  const body = await readBody(request);
  const contentType = request.headers['content-type'] ?? '';
  if (body.length === 0) return { encoding: 'query', parameters: query, files: new Map() };
  if (/^application\/json/i.test(contentType)) {
    return { encoding: 'json', parameters: { ...query, ...parseObject(body) }, files: new Map() };
  }
  if (/^multipart\/form-data/i.test(contentType)) {
    return readForm(body, contentType, query);
  }
  const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  return { encoding: 'urlencoded', parameters: { ...query, ...form }, files: new Map() };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The rest of a body that is too large is read and dropped, so that the client hears the refusal.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes) throw requestTooLarge;
  return Buffer.concat(chunks);
}

function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`can't parse JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest("can't parse JSON: expected an object");
  }
  return value as Record<string, unknown>;
}

function readForm(
  body: Buffer,
  contentType: string,
  query: Record<string, string>,
): RequestContent {
  const parameters: Record<string, unknown> = { ...query };
  const files = new Map<string, UploadedFile>();
  for (const part of readParts(body, contentType)) {
    if (part.fileName === undefined) {
      parameters[part.name] = part.bytes.toString('utf8');
    } else {
      const { mediaType, bytes } = part;
      files.set(part.name, { name: part.fileName, bytes, ...(mediaType && { mediaType }) });
    }
  }
  return { encoding: 'multipart', parameters, files };
}

function readParts(body: Buffer, contentType: string): MultipartPart[] {
  try {
    return parseMultipart(body, contentType);
  } catch (error) {
    if (error instanceof MultipartError) throw badRequest(`can't parse form: ${error.message}`);
    throw error;
  }
}
