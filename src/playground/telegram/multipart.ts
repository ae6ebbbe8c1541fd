/** One part of a `multipart/form-data` body. */
export interface MultipartPart {
  readonly name: string;
  /** Present for a file. */
  readonly fileName?: string;
  readonly mediaType?: string;
  readonly bytes: Buffer;
}

/** Thrown for a body that is not `multipart/form-data` as RFC 7578 has it. */
export class MultipartError extends Error {}

/**
 * Splits a body into its parts. As forgiving as the Bot API server: header names in any case,
 * values with or without quotes, which clients' own encoders differ in.
 */
export function parseMultipart(body: Buffer, contentType: string): MultipartPart[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) throw new MultipartError(`no boundary in ${contentType}`);
  const delimiter = Buffer.from(`\r\n--${name}`);
  // With a line break in front the first delimiter looks like all others.
  const text = Buffer.concat([Buffer.from('\r\n'), body]);

  const parts: MultipartPart[] = [];
  let start = text.indexOf(delimiter);
  if (start < 0) throw new MultipartError('the boundary does not occur in the body');
  for (;;) {
    start += delimiter.length;
    if (text.subarray(start, start + 2).toString() === '--') return parts;
    const end = text.indexOf(delimiter, start);
    if (end < 0) throw new MultipartError('the body ends within a part');
    parts.push(parsePart(text.subarray(start + 2, end)));
    start = end;
  }
}

function parsePart(part: Buffer): MultipartPart {
  const headerEnd = part.indexOf('\r\n\r\n');
  if (headerEnd < 0) throw new MultipartError('a part without headers');
  const headers = new Map<string, string>();
  for (const line of part.subarray(0, headerEnd).toString('utf8').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1));
  }
  const disposition = headers.get('content-disposition') ?? '';
  const name = attribute(disposition, 'name');
  if (name === undefined) throw new MultipartError(`a part without a name: ${disposition}`);
  const fileName = attribute(disposition, 'filename');
  const mediaType = headers.get('content-type')?.trim();
  return {
    name,
    bytes: part.subarray(headerEnd + 4),
    ...(fileName !== undefined && { fileName }),
    ...(mediaType !== undefined && { mediaType }),
  };
}

function attribute(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;]*))`, 'i').exec(header);
  return match?.[1] ?? match?.[2]?.trim();
}
