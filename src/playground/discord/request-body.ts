import type { IncomingMessage } from 'node:http';
import { invalidField, refusal } from './errors.js';
import type { UploadedFile } from './files.js';
import type { NumberedFiles } from './message-attachments.js';

export interface RequestBody {
  json: unknown;
  files: NumberedFiles;
}

/**
 * Takes the whole body in.
 * @throws DiscordError 413/40005 when it is longer than `maxBytes`
 */
export async function receiveBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // The rest is read and dropped, so that the client hears the answer.
    if (length <= maxBytes) chunks.push(chunk);
  }
  if (length > maxBytes) throw refusal('entityTooLarge');
  return Buffer.concat(chunks);
}

/** @throws DiscordError 400/50109 for broken JSON, 400/50035 for a broken form */
export async function parseBody(bytes: Buffer, contentType: string): Promise<RequestBody> {
  const none: NumberedFiles = new Map();
  if (contentType.startsWith('multipart/form-data')) return parseForm(bytes, contentType);
  if (bytes.length === 0) return { json: undefined, files: none };
  if (!contentType.startsWith('application/json')) {
    throw invalidField([], 'CONTENT_TYPE_INVALID', `Expected JSON, not "${contentType}"`);
  }
  return { json: parseJson(bytes.toString()), files: none };
}

async function parseForm(bytes: Buffer, contentType: string): Promise<RequestBody> {
  const form = await readForm(bytes, contentType);
  const files = new Map<number, UploadedFile>();
  let json: unknown = {};
  for (const [name, value] of form) {
    const number = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (name === 'payload_json') {
      json = parseJson(typeof value === 'string' ? value : await value.text());
    } else if (number !== undefined && typeof value !== 'string') {
      files.set(Number(number), {
        name: value.name,
        contentType: value.type === '' ? undefined : value.type,
        bytes: Buffer.from(await value.arrayBuffer()),
      });
    } else {
      throw invalidField([name], 'UNKNOWN_FIELD', `Unknown part "${name}".`);
    }
  }
  return { json, files };
}

async function readForm(bytes: Buffer, contentType: string): Promise<FormData> {
  const headers = { 'content-type': contentType };
  const request = new Request('http://form', {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers,
  });
  try {
    return await request.formData();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalidField([], 'CONTENT_TYPE_INVALID', `The form cannot be read: ${error.message}`);
  }
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('invalidJson');
    throw error;
  }
}
